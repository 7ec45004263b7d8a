/** The lines of a batch's file: read, and every one judged before any is sent. Pure. */
import * as z from 'zod';
import { asGatewayError, type GatewayError } from '../core/errors.ts';
import { parseExactly } from '../core/exact-json.ts';
import type { Asked, Door, Entry } from '../doors/door.ts';
import type { BodyLimits } from '../doors/json.ts';
import type { LineError } from './terms.ts';

export interface Line {
  /** Counted from 1, as in the file. */
  number: number;
  customId: string;
  /** JSON. */
  body: string;
  entry: Entry;
}

const MAX_CUSTOM_ID = 512;
/** What is said of a file in which everything is wrong. */
export const MAX_ERRORS = 50;

const Shape = z.looseObject({
  custom_id: z.string().min(1).max(MAX_CUSTOM_ID),
  method: z.literal('POST'),
  url: z.string(),
  body: z.record(z.string(), z.unknown()),
});

export interface Judge {
  endpoint: string;
  door: Door;
  limits: BodyLimits;
  maxLines: number;
}

/** Reads line after line; `custom_id`s must differ in the whole file. */
export class LineReader {
  readonly errors: LineError[] = [];
  readonly #judge: Judge;
  readonly #seen = new Set<string>();
  #number = 0;

  constructor(judge: Judge) {
    this.#judge = judge;
  }

  get count(): number {
    return this.#seen.size;
  }

  get isHopeless(): boolean {
    return this.errors.length >= MAX_ERRORS || this.#seen.size > this.#judge.maxLines;
  }

  /** Of a piece of the file, whole lines. What is wrong is in `errors`. */
  *read(piece: string): Generator<Line> {
    for (const text of piece.replace(/\n$/, '').split('\n')) {
      this.#number++;
      if (text.trim() === '') continue;
      const line = this.#line(text);
      if (line) yield line;
      if (this.isHopeless) return;
    }
  }

  /** What can only be said of the whole file. */
  end(): void {
    const { maxLines } = this.#judge;
    if (this.#seen.size > maxLines) this.#wrong('too_many_tasks', `A batch may have ${maxLines} lines`, { line: null });
    if (this.#seen.size === 0 && this.errors.length === 0)
      this.#wrong('empty_file', 'The file has no lines', { line: null });
  }

  refuse(line: Pick<Line, 'number'>, { code, message, param }: GatewayError): void {
    this.#wrong(code, message, { line: line.number, param: param && `body.${param}` });
  }

  #line(text: string): Line | undefined {
    const raw = parsed(text);
    if (raw === undefined) return this.#wrong('invalid_json_line', 'This line is not parseable as valid JSON.');
    const shape = Shape.safeParse(raw);
    if (!shape.success) return this.#misshapen(shape.error.issues[0]);
    const { custom_id: customId, url, body } = shape.data;
    const { endpoint } = this.#judge;
    if (url !== endpoint) {
      const message = `The URL ${url.slice(0, 100)} is not the batch's endpoint, ${endpoint}`;
      return this.#wrong('url_mismatch', message, { param: 'url' });
    }
    if (this.#seen.has(customId)) {
      const message = `The custom_id "${customId.slice(0, 100)}" is on an earlier line, too`;
      return this.#wrong('duplicate_custom_id', message, { param: 'custom_id' });
    }
    this.#seen.add(customId);
    return this.#entered(customId, body);
  }

  #entered(customId: string, body: Record<string, unknown>): Line | undefined {
    if (body['stream'] === true) {
      return this.#wrong('invalid_request', 'A line cannot be streamed', { param: 'body.stream' });
    }
    const text = JSON.stringify(body);
    try {
      return { number: this.#number, customId, body: text, entry: enter(text, this.#judge) };
    } catch (cause) {
      this.refuse({ number: this.#number }, asGatewayError(cause));
      return undefined;
    }
  }

  #misshapen(issue: z.core.$ZodIssue | undefined): undefined {
    const param = issue?.path.join('.') || null;
    const code = param === 'method' ? 'invalid_method' : 'invalid_line';
    return this.#wrong(code, `${param ?? 'line'}: ${issue?.message ?? 'is not valid'}`, { param });
  }

  #wrong(
    code: string,
    message: string,
    { line = this.#number, param = null }: { line?: number | null; param?: string | null | undefined } = {},
  ): undefined {
    if (this.errors.length < MAX_ERRORS) this.errors.push({ code, line, message, param });
  }
}

/** A line's body as its door reads it. A line has no headers of its own. */
export function enter(body: string, { door, limits }: Pick<Judge, 'door' | 'limits'>): Entry {
  const asked: Asked = { limits, header: () => undefined, param: () => undefined };
  return door.read(body, asked);
}

function parsed(text: string): unknown {
  try {
    return parseExactly(text);
  } catch {
    return undefined; // JSON has no such value, so nothing else looks like it.
  }
}
