/** What `signalbox keys` takes, and says of itself. */
import { ConfigurationError } from '../config/parse.ts';
import type { KeyCommand } from './keys.ts';

export const KEYS_HELP = `signalbox keys create NAME | list | revoke KEY | rotate KEY: virtual keys in the store of the configuration.

KEY is a key's name or id. A running server knows a change within 10 s. The secret alone is on the standard output.

create
      --tenant NAME            whose limits, budgets and models hold for it, too
      --parent KEY             the key that it is to be a part of
      --owner TEXT             who answers for it
      --tag TEXT               for the ledger; may be given several times
      --model PATTERN          what it may ask for, * for any text; may be given several times (default: all)
      --route PATTERN          routes likewise (default: all, or none where there is --model)
      --door NAME              ways in likewise (default: all)
      --priority WORD          critical, normal or background
      --expires TIME           90d, 12h, 2027-01-31 or 2027-01-31T18:00:00Z
      --max-cost-usd NUMBER    of one request
      --max-latency-ms NUMBER  of one answer
      --limits WORDS           '60 requests/minute, 4 at once'
      --budgets WORDS          '$10/day, $200 total' (in single quotes: a shell takes $1 for a variable)
list
      --tenant NAME            only its keys
rotate
      --overlap TIME           how long the old secret works beside the new one (default 24h; 0: not at all)

  -c, --config FILE            configuration, as for signalbox start
      --json                   as JSON`;

export const KEY_OPTIONS = {
  tenant: { type: 'string' },
  parent: { type: 'string' },
  owner: { type: 'string' },
  tag: { type: 'string', multiple: true },
  model: { type: 'string', multiple: true },
  route: { type: 'string', multiple: true },
  door: { type: 'string', multiple: true },
  priority: { type: 'string' },
  expires: { type: 'string' },
  'max-cost-usd': { type: 'string' },
  'max-latency-ms': { type: 'string' },
  limits: { type: 'string' },
  budgets: { type: 'string' },
  overlap: { type: 'string' },
} as const;

type Option = keyof typeof KEY_OPTIONS;

/** Which options each verb takes. */
const TAKES: Readonly<Record<string, (option: string) => boolean>> = {
  create: (option) => option !== 'overlap',
  list: (option) => option === 'tenant',
  revoke: () => false,
  rotate: (option) => option === 'overlap',
};

type Values = Readonly<Record<string, string | boolean | string[] | boolean[] | undefined>>;

export function keyCommandOf(verb: string, key: string | undefined, values: Values): KeyCommand {
  refuseStrays(verb, values);
  const text = (name: Option) => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  const texts = (name: Option) => {
    const value = values[name];
    return Array.isArray(value) ? value.map(String) : undefined;
  };
  return {
    verb,
    key,
    tenant: text('tenant'),
    parent: text('parent'),
    owner: text('owner'),
    tags: texts('tag'),
    models: texts('model'),
    routes: texts('route'),
    doors: texts('door'),
    priority: text('priority'),
    expires: text('expires'),
    maxCostUsd: text('max-cost-usd'),
    maxLatencyMs: text('max-latency-ms'),
    limits: text('limits'),
    budgets: text('budgets'),
    overlap: text('overlap'),
    json: values.json === true,
  };
}

/** Left out in silence, it would be believed: a list of one owner would be of all. */
function refuseStrays(verb: string, values: Values): void {
  const takes = Object.hasOwn(TAKES, verb) ? TAKES[verb] : undefined;
  const strays = Object.keys(KEY_OPTIONS).filter((option) => values[option] !== undefined && takes?.(option) === false);
  if (strays.length === 0) return;
  throw new ConfigurationError(
    'signalbox keys',
    strays.map((option) => `${verb} takes no --${option}; signalbox keys --help tells who does`),
  );
}
