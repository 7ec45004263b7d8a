/** What a running signalbox has written, line by line, however long it is. */
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { ConfigurationError } from '../config/parse.ts';
import { RoutingRecord } from '../routing/record.ts';

const tokens = z.number().nonnegative().optional();

/** A request's line, as far as anybody reads it again. */
export const LoggedRequest = z.object({
  message: z.literal('request'),
  requestId: z.string(),
  key: z.string(),
  asked: z.string(),
  deployment: z.string().optional(),
  outcome: z.string(),
  promptTokens: tokens,
  completionTokens: tokens,
  cachedTokens: tokens,
  cacheWriteTokens: tokens,
  costUsd: tokens,
  firstTokenMs: tokens,
  durationMs: z.number(),
  /** A copy of another request, which no client has asked for. */
  shadow: z.boolean().optional(),
  routing: RoutingRecord.optional(),
});
export type LoggedRequest = z.infer<typeof LoggedRequest>;

export const LoggedFeedback = z.object({
  message: z.literal('feedback'),
  requestId: z.string(),
  key: z.string(),
  score: z.number().min(0).max(1),
});
export type LoggedFeedback = z.infer<typeof LoggedFeedback>;

const Line = z.discriminatedUnion('message', [LoggedRequest, LoggedFeedback]);
const MAX_NAMED = 5;

/** Lines of a log that could not be read: how many, and which were the first. */
export class BadLines {
  count = 0;
  readonly first: string[] = [];

  note(line: number, why: string): void {
    this.count++;
    if (this.first.length < MAX_NAMED) this.first.push(`line ${line}: ${why}`);
  }
}

/** Requests and feedback; other lines of the log are passed over, broken ones are noted. `-` is standard input. */
export async function* readLog(file: string, bad: BadLines): AsyncGenerator<LoggedRequest | LoggedFeedback> {
  let number = 0;
  for await (const text of createInterface({ input: await linesOf(file), crlfDelay: Infinity })) {
    number++;
    if (!text.startsWith('{')) continue; // The words that a server greets with.
    const value = fromJson(text);
    if (value === undefined) {
      bad.note(number, 'is no JSON object');
      continue;
    }
    if (value.message !== 'request' && value.message !== 'feedback') continue;
    const parsed = Line.safeParse(value);
    if (parsed.success) {
      if (parsed.data.message === 'feedback' || !parsed.data.shadow) yield parsed.data;
    } else bad.note(number, wrongIn(parsed.error));
  }
}

async function linesOf(file: string): Promise<Readable> {
  if (file === '-') return process.stdin;
  try {
    return (await open(file)).createReadStream();
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    throw new ConfigurationError(file, [`cannot be read (${why})`]);
  }
}

function fromJson(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function wrongIn({ issues: [issue] }: z.ZodError): string {
  return issue ? `${issue.path.join('.')}: ${issue.message}` : 'is not valid';
}
