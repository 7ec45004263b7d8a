import { Lamp } from '../parts/lamp.tsx';
import type { Alerts, Attention } from '../types.ts';
import { clock, plural } from '../words.ts';

interface AttentionProps {
  attention: readonly Attention[];
  firing: Alerts['firing'];
}

/** First of all: what somebody has to do, and what exactly. */
export function AttentionList({ attention, firing }: AttentionProps) {
  const amount = attention.length + firing.length;
  const isCritical = [...attention, ...firing].some(({ severity }) => severity === 'critical');
  if (amount === 0) {
    return (
      <p class="notice good" role="status">
        <Lamp aspect="clear" says="The line is clear. Nothing needs you." />
      </p>
    );
  }
  return (
    <section class={`notice ${isCritical ? 'critical' : 'warning'}`} aria-labelledby="attention">
      <h2 id="attention">{plural(amount, 'thing needs', 'things need')} you</h2>
      <ul class="attention">
        {attention.map(({ severity, message, next }) => (
          <li key={message}>
            <Lamp aspect={severity === 'critical' ? 'stop' : 'caution'} says={severity} /> {message}
            <span class="next">{next}.</span>
          </li>
        ))}
        {firing.map(({ rule, subject, severity, title, summary, firedAt }) => (
          <li key={`${rule} ${subject}`}>
            <Lamp aspect={severity === 'critical' ? 'stop' : 'caution'} says={severity} /> {title}: {summary}
            <span class="next">Alert since {clock(firedAt)}.</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
