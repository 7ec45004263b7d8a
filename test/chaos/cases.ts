/** The tables as cases: each row whole and streamed, on each wire, with another provider and without. */
import type { Answer } from './client.ts';
import { ask, chat, tell } from './client.ts';
import type { Providers } from './providers.ts';
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
  /** The client has the first of its stream: what was to come behind it may come. */
  heard: PromiseWithResolvers<void>;
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
          heard: Promise.withResolvers(),
        };
      }),
    );
  });
}

export const asks = ({ id, mode, heard }: Case, url: string): Promise<Answer> =>
  ask(url, chat(id, ASKS[mode]), { heard: heard.resolve });

/** What the client saw, and how often each provider was asked. */
export function outcomeOf({ id, who }: Case, answer: Answer, providers: Providers): string {
  const [first, second] = [providers.calls(`/${id}first`), providers.calls(`/${id}second`)];
  return `${tell(answer)} (${who === 'alone' ? first : `${first}+${second}`})`;
}

export function stage(providers: Providers, cases: readonly Case[]): void {
  providers.plays('/near', WIRES.openai, well('near'));
  for (const { id, wire, script, mode, heard } of cases) {
    if (script) providers.plays(`/${id}first`, wire, script, mode === 'live' ? heard.promise : undefined);
    providers.plays(`/${id}second`, wire, well('saved'));
  }
}

/** Where times are short, since silences are waited for; `near` is a model whose provider is well. */
export function configurationOf(cases: readonly Case[], url: string, closedUrl: string): string {
  const provider = ({ wire }: Case, where: string) =>
    `{ dialect: ${wire.dialect}, baseUrl: "${where}${wire.base}", apiKey: key-of-nobody }`;
  const times = ({ idleMs = 300 }: Case) => `{ firstTokenMs: 500, maxFirstTokenMs: 500, idleMs: ${idleMs} }`;
  const deployments = ({ id, wire, who }: Case) =>
    ['first', ...(who === 'helped' ? ['second'] : [])].map(
      (name) => `{ provider: ${id}${name}, model: ${wire.model} }`,
    );
  return [
    'server: { firstByteTimeoutMs: 500, keepAliveMs: 60000 }',
    'reliability: { queue: { maxWaitMs: 600 } }',
    'log: { level: error }',
    'providers:',
    `  near: { dialect: openai, baseUrl: "${url}/near/v1", apiKey: key-of-nobody }`,
    ...cases.flatMap((one) => [
      `  ${one.id}first: ${provider(one, one.script ? `${url}/${one.id}first` : closedUrl)}`,
      `  ${one.id}second: ${provider(one, `${url}/${one.id}second`)}`,
    ]),
    'models:',
    '  near: { deployments: [{ provider: near, model: m-9 }] }',
    ...cases.map((one) => `  ${one.id}: { timeouts: ${times(one)}, deployments: [${deployments(one).join(', ')}] }`),
  ].join('\n');
}
