/** Labels from files: as somebody wrote them, or as a log has them in its feedback and retries. */
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { ConfigurationError } from '../config/parse.ts';
import { type LabelRow, readLabels } from '../routing/learn/labels.ts';
import { type BadLines, type LoggedFeedback, type LoggedRequest, readLog } from './log-lines.ts';

/** Each tier's place, the lowest 0. */
export type Ranks = ReadonlyMap<string, number>;

export async function labelsFrom(file: string, ranks: Ranks, bad: BadLines): Promise<LabelRow[]> {
  if (await isLog(file)) {
    const labels = new LogLabels(ranks);
    for await (const line of readLog(file, bad)) labels.add(line);
    return labels.rows();
  }
  try {
    return readLabels(readFileSync(file, 'utf8'), file.toLowerCase().endsWith('.csv') ? 'csv' : 'jsonl');
  } catch (cause) {
    throw new ConfigurationError(file, [cause instanceof Error ? cause.message : String(cause)]);
  }
}

/** A label has a text; a line of the log has a message. Before the first of them the log may greet. */
async function isLog(file: string): Promise<boolean> {
  if (file.toLowerCase().endsWith('.csv')) return false;
  try {
    const handle = await open(file);
    for await (const line of handle.readLines()) {
      if (line.startsWith('{')) return /"message" *:/.test(line) && !/"text" *:/.test(line);
    }
    return false;
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    throw new ConfigurationError(file, [`cannot be read (${why})`]);
  }
}

interface Asked {
  text: string;
  tools: number;
  rank: number;
  key: string;
  /** 0 to 1, from feedback: the last word counts. */
  score?: number;
  /** It was asked again, and a stronger model was wanted. */
  retried: boolean;
}

/** Feedback comes soon or never. */
const MAX_WAITING = 20_000;

/** Needs lines with `routing.ask`, as `log: { asks: true }` writes them. */
export class LogLabels {
  readonly #ranks: Ranks;
  /** By request id; the oldest goes first. */
  readonly #asked = new Map<string, Asked>();
  /** The last of each place in a conversation, by what was asked there. */
  readonly #last = new Map<string, Asked>();

  constructor(ranks: Ranks) {
    this.#ranks = ranks;
  }

  add(line: LoggedRequest | LoggedFeedback): void {
    if (line.message === 'feedback') this.#judge(line);
    else this.#ask(line);
  }

  rows(): LabelRow[] {
    return [...this.#asked.values()].flatMap(({ text, tools, rank, score, retried }) => {
      const label = score === undefined ? (retried ? 1 : undefined) : labelOf(score, rank, this.#ranks.size);
      return label === undefined ? [] : [{ text, tools, label, gain: label, source: 'thumb' as const }];
    });
  }

  #ask({ requestId, key, outcome, routing }: LoggedRequest): void {
    const rank = routing?.tier === undefined ? undefined : this.#ranks.get(routing.tier);
    if (outcome !== 'ok' || !routing?.ask || rank === undefined) return;
    const { session, ask: text, facts } = routing;
    const { toolCount: tools = 0, turn, inToolLoop, isFollowUp, isHousekeeping } = facts;
    if (isHousekeeping) return;
    const asked: Asked = { text, tools, rank, key, retried: false };
    keep(this.#asked, requestId, asked);
    if (inToolLoop || isFollowUp) return; // An agent's steps repeat the ask, and "go on" is said again and again.
    const place = JSON.stringify([key, session, turn, text]);
    const before = this.#last.get(place);
    if (before && rank > before.rank) before.retried = true;
    keep(this.#last, place, asked);
  }

  /** Of an answer to the same key only. */
  #judge({ requestId, key, score }: LoggedFeedback): void {
    const asked = this.#asked.get(requestId);
    if (asked?.key === key) asked.score = score;
  }
}

/** A complaint says that more was needed; praise of a strong model does not say that it was. */
function labelOf(score: number, rank: number, tiers: number): number {
  const praised = tiers > 1 ? rank / (tiers - 1) / 2 : 0;
  return score * praised + (1 - score);
}

function keep(map: Map<string, Asked>, name: string, asked: Asked): void {
  map.delete(name);
  for (const oldest of map.size < MAX_WAITING ? [] : map.keys()) {
    map.delete(oldest);
    break;
  }
  map.set(name, asked);
}
