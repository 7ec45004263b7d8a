import { hashOf } from '../address.ts';
import { Fact, Facts } from '../parts/field.tsx';
import { duration, usd } from '../words.ts';
import { Explained } from './explained.tsx';
import type { Run } from './run.ts';

/** One answer, and why it came from where it came. */
export function RunCard({ run, onGoOn }: { run: Run; onGoOn: () => void }) {
  const { model, answer, explanation, requestId, totalMs } = run;
  const problem = run.problem ?? answer.failure;
  const isOver = totalMs !== undefined;
  return (
    <section class="card" aria-label={`Answer of ${model}`}>
      <h2>{model}</h2>
      {problem && (
        <p class="notice critical" role="alert">
          {problem}
        </p>
      )}
      <Said run={run} />
      {isOver && <Outcome run={run} />}
      {isOver && requestId && (
        <p class="buttons">
          <a href={hashOf({ view: 'requests', item: requestId })}>See it in the ledger</a>
          {answer.text && (
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

function Said({ run: { answer, state } }: { run: Run }) {
  const { text, reasoning, tools } = answer;
  return (
    <>
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
    </>
  );
}

function Outcome({ run: { answer, headers, firstTokenMs, totalMs } }: { run: Run }) {
  const { 'cost-usd': cost, 'expected-cost-usd': expected, deployment, attempts, practice, dropped } = headers;
  return (
    <Facts>
      <Fact name="Served by">{deployment ?? '–'}</Fact>
      <Fact name="First word">{duration(firstTokenMs)}</Fact>
      <Fact name="In all">{duration(totalMs)}</Fact>
      <Fact name={cost ? 'Cost' : 'Expected cost'}>{amountOf(cost ?? expected)}</Fact>
      <Fact name="Tokens in, out">{tokensOf(answer.usage)}</Fact>
      <Fact name="Finished by">{answer.finishReason ?? '–'}</Fact>
      {attempts && <Fact name="Attempts">{attempts}</Fact>}
      {dropped && <Fact name="Dropped or changed">{dropped}</Fact>}
      {practice && <Fact name="Practice">yes: no model was called</Fact>}
    </Facts>
  );
}

function amountOf(header: string | undefined): string {
  return header === undefined ? 'unknown' : usd(Number(header));
}

function tokensOf(usage: Run['answer']['usage']): string {
  if (!usage) return '–';
  return `${String(usage.prompt_tokens)}, ${String(usage.completion_tokens)}`;
}
