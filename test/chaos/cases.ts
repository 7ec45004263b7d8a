/** The tables as cases: each row whole and streamed, on each wire, with another provider and without. */
import type { Answer } from './client.ts';
import { ask, chat, tell } from './client.ts';
import { NOBODY, type Providers, startProviders } from './providers.ts';
import { type Mode, type Row, SAVED, seenIn } from './row.ts';
import { AFTER_HEAD, BEFORE_HEAD, BEFORE_WORDS, MID_BODY } from './rows-early.ts';
import { AFTER_FINISH, MID_STREAM } from './rows-late.ts';
import { STATUSES } from './rows-status.ts';
import { well } from './scripts.ts';
import { type Wire, WIRES } from './wires.ts';

export const MOMENTS: Readonly<Record<string, readonly Row[]>> = {
  'before the head': BEFORE_HEAD,
  'after the head': AFTER_HEAD,
  'in the body': MID_BODY,
  'before the first word': BEFORE_WORDS,
  'in mid-stream': MID_STREAM,
  'after the end': AFTER_FINISH,
  'by its status': STATUSES,
};

export interface Case extends Row {
  /** In the names of its providers and models, so that cases have nothing in common. */
  id: string;
  mode: Mode;
  wire: Wire;
  /** With another provider or without. */
  who: 'alone' | 'helped';
  sees: string;
}

const BOTH = ['whole', 'live'] as const;
const WHO = ['alone', 'helped'] as const;
/** A limit is small enough for an answer that need not be watched as it is written. */
const ASKS: Record<Mode, object> = { whole: { max_tokens: 100 }, live: { stream: true }, gathered: {} };
let count = 0;

export const casesOf = (rows: readonly Row[]): Case[] => rows.flatMap(each);

function each(row: Row): Case[] {
  return Object.values(WIRES).flatMap((wire) => {
    const modes = (row.modes ?? BOTH).filter((mode) => mode !== 'gathered' || wire.dialect === 'anthropic');
    return modes.flatMap((mode) =>
      WHO.map((who) => {
        const seen = who === 'alone' ? row.alone : (row.helped ?? SAVED);
        return {
          ...row,
          id: `c${++count}-`,
          mode,
          wire,
          who,
          sees: seenIn(seen, mode, wire.dialect),
        };
      }),
    );
  });
}

export const asks = ({ one: { id, mode }, heard }: Staged, url: string): Promise<Answer> =>
  ask(url, chat(id, ASKS[mode]), { heard: heard.resolve });

/** What the client saw, and how often each provider was asked. */
export function outcomeOf({ one: { id, who }, providers }: Staged, answer: Answer): string {
  const [first, second] = [providers.calls(`/${id}first`), providers.calls(`/${id}second`)];
  return `${tell(answer)} (${who === 'alone' ? first : `${first}+${second}`})`;
}

/** A case and the providers of its own. workerd pools by address, so one case's faults would break another's calls. */
export interface Staged {
  one: Case;
  providers: Providers;
  /** The client has the first of its stream: what was to come behind it may come. */
  heard: PromiseWithResolvers<void>;
}

export const stage = async (one: Case): Promise<Staged> => play(one, await startProviders());

/** From the beginning: nobody has asked yet. */
export function play(one: Case, providers: Providers): Staged {
  const { id, wire, script, mode } = one;
  const heard = Promise.withResolvers<void>();
  providers.plays('/near', WIRES.openai, well('near'));
  if (script) providers.plays(`/${id}first`, wire, script, mode === 'live' ? heard.promise : undefined);
  providers.plays(`/${id}second`, wire, well('saved'));
  return { one, providers, heard };
}

/** Long enough for a machine that is busy with other tests. */
const PATIENT_MS = 10_000;
/** For the pause before the same provider is asked again; less than the seconds that a provider names. */
const MAX_WAIT_MS = 5_000;
const SHORT = '{ firstTokenMs: 500, maxFirstTokenMs: 500, totalMs: 600 }';

/** Times are short only where a silence is waited for. */
function timesOf({ alone, ...row }: Row): string {
  const told = JSON.stringify(alone);
  if (told.includes('upstream_timeout')) return SHORT;
  const idleMs = told.includes('idle_timeout') ? 500 : (row.idleMs ?? PATIENT_MS);
  return `{ firstTokenMs: ${PATIENT_MS}, idleMs: ${idleMs} }`;
}

/** `near` is a model whose provider is well: the first case's. */
export function configurationOf(stages: readonly Staged[]): string {
  const provider = ({ wire }: Case, where: string) =>
    `{ dialect: ${wire.dialect}, baseUrl: "${where}${wire.base}", apiKey: key-of-nobody }`;
  const deployments = ({ id, wire, who }: Case) =>
    ['first', ...(who === 'helped' ? ['second'] : [])].map(
      (name) => `{ provider: ${id}${name}, model: ${wire.model} }`,
    );
  return [
    'server: { keepAliveMs: 60000 }',
    `reliability: { queue: { maxWaitMs: ${MAX_WAIT_MS} } }`,
    'log: { level: error }',
    'providers:',
    `  near: { dialect: openai, baseUrl: "${stages[0]?.providers.url}/near/v1", apiKey: key-of-nobody }`,
    ...stages.flatMap(({ one, providers: { url } }) => [
      `  ${one.id}first: ${provider(one, one.script ? `${url}/${one.id}first` : NOBODY)}`,
      `  ${one.id}second: ${provider(one, `${url}/${one.id}second`)}`,
    ]),
    'models:',
    '  near: { deployments: [{ provider: near, model: m-9 }] }',
    ...stages.map(
      ({ one }) => `  ${one.id}: { timeouts: ${timesOf(one)}, deployments: [${deployments(one).join(', ')}] }`,
    ),
  ].join('\n');
}
