import { hashOf } from '../address.ts';
import { Fact, Facts } from '../parts/field.tsx';
import { duration, usd } from '../words.ts';
import { Explained } from './explained.tsx';
import type { Run } from './run.ts';

/** One answer, and why it came from where it came. */
export function RunCard({ run, onGoOn }: { run: Run; onGoOn: () => void }) {
  const { model, answer, state, problem, explanation, headers, requestId, firstTokenMs, totalMs } = run;
  const { text, reasoning, tools, finishReason, failure } = answer;
  const cost = headers['cost-usd'] ?? headers['expected-cost-usd'];
  return (
    <section class="card" aria-label={`Answer of ${model}`}>
      <h2>{model}</h2>
      {(problem ?? failure) && (
        <p class="notice critical" role="alert">
          {problem ?? failure}
        </p>
      )}
      {reasoning && (
        <details>
          <summary>Reasoning</summary>
          <pre>{reasoning}</pre>
        </details>
      )}
      <div class="answer" aria-live="polite" aria-busy={state === 'running'}>
        {text || (state === 'running' ? 'Waiting for the first word…' : '')}
      </div>
      {tools.map((tool, index) => (
        <pre key={index}>
          {tool.name}({tool.arguments})
        </pre>
      ))}
      {totalMs !== undefined && (
        <Facts>
          <Fact name="Served by">{headers.deployment ?? '–'}</Fact>
          <Fact name="First word">{duration(firstTokenMs)}</Fact>
          <Fact name="In all">{duration(totalMs)}</Fact>
          <Fact name={headers['cost-usd'] ? 'Cost' : 'Expected cost'}>{cost ? usd(Number(cost)) : 'unknown'}</Fact>
          <Fact name="Tokens in, out">{tokensOf(answer.usage)}</Fact>
          <Fact name="Finished by">{finishReason ?? '–'}</Fact>
          {headers.attempts && <Fact name="Attempts">{headers.attempts}</Fact>}
          {headers.practice && <Fact name="Practice">yes: no model was called</Fact>}
        </Facts>
      )}
      {requestId && totalMs !== undefined && (
        <p class="buttons">
          <a href={hashOf({ view: 'requests', item: requestId })}>See it in the ledger</a>
          {text && (
            <button type="button" onClick={onGoOn}>
              Go on from here
            </button>
          )}
        </p>
      )}
      {explanation && <Explained explanation={explanation} />}
    </section>
  );
}

function tokensOf(usage: Run['answer']['usage']): string {
  if (!usage) return '–';
  return `${String(usage.prompt_tokens)}, ${String(usage.completion_tokens)}`;
}
