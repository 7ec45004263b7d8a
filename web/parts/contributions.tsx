import { words } from '../words.ts';

export interface Contribution {
  name: string;
  value: number;
}

const MOST = 8;

/** What made the ask look hard, and what easy; the biggest first. */
export function Contributions({ contributions }: { contributions: readonly Contribution[] }) {
  const parts = contributions.filter(({ value }) => Math.abs(value) > 0.001).slice(0, MOST);
  const most = Math.max(...parts.map(({ value }) => Math.abs(value)), 0.001);
  return (
    <ul class="bars" aria-label="What it is made of">
      {parts.map(({ name, value }) => (
        <li key={name}>
          <span>{words(name)}</span>
          <span class="number">{`${value > 0 ? '+' : '−'}${Math.abs(value).toFixed(2)}`}</span>
          <span class={value > 0 ? 'bar' : 'bar less'} style={{ width: `${(100 * Math.abs(value)) / most}%` }} />
        </li>
      ))}
    </ul>
  );
}
