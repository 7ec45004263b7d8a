import { useEffect, useState } from 'preact/hooks';
import { Field } from '../parts/field.tsx';

/** Of the ledger's dimensions those that people look for a request by. */
const NAMES = ['outcome', 'asked', 'tenant', 'key', 'model', 'deployment', 'route', 'tier', 'tag', 'session'] as const;
const LABELS: Readonly<Record<string, string>> = { asked: 'asked for' };
const OUTCOMES = [
  'ok',
  'not_ok',
  'client_gone',
  'rate_limited',
  'provider_rate_limited',
  'provider_overloaded',
  'timeout',
];

/** Letters come fast, questions do not. */
const PAUSE_MS = 350;

/** Pixels: on a phone they would fill the screen. */
const NARROW = 700;

type Query = Readonly<Record<string, string>>;

export function Filters({ query, onQuery }: { query: Query; onQuery: (query: Query) => void }) {
  const [written, setWritten] = useState(query);
  useEffect(() => setWritten(query), [JSON.stringify(query)]);
  useEffect(() => {
    if (JSON.stringify(written) === JSON.stringify(query)) return undefined;
    const timer = setTimeout(() => onQuery(withoutEmpty(written)), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [JSON.stringify(written)]);
  const [isOpen] = useState(() => innerWidth > NARROW || Object.keys(query).length > 0);
  return (
    <details open={isOpen}>
      <summary>Filters</summary>
      <form class="filters" role="search" aria-label="Filter requests" onSubmit={(event) => event.preventDefault()}>
        {NAMES.map((name) => (
          <Field
            key={name}
            label={LABELS[name] ?? name}
            value={written[name] ?? ''}
            onValue={(value) => setWritten({ ...written, [name]: value })}
            options={name === 'outcome' ? OUTCOMES : undefined}
          />
        ))}
      </form>
    </details>
  );
}

function withoutEmpty(query: Query): Query {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));
}
