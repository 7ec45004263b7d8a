/**
 * Batches at the practice providers: their lines are asked one by one at the same practice provider, when the batch's
 * time has come. The only thing they remember from one request to the next; a few, and not for long.
 */
import { Rejected } from './rejected.ts';
import { idOf } from './seal.ts';
import type { Asked, Wire } from './wire.ts';

export interface BatchLine {
  key: string;
  path: string;
  body: unknown;
}

export interface BatchAnswer {
  key: string;
  /** Undefined: it was never asked. */
  answer: { status: number; body: unknown } | undefined;
}

export interface Batch {
  id: string;
  /** What it was called by its owner. */
  tag: unknown;
  createdMs: number;
  endsMs: number;
  cancelledMs?: number;
  lines: readonly BatchLine[];
  /** Once it has ended. */
  answers?: readonly BatchAnswer[];
  /** It never began, for this reason. */
  failed?: { code: string; message: string; line: number | null };
}

export interface BatchWire {
  wire: Pick<Wire, 'authenticate' | 'headers' | 'refusal'>;
  /** Undefined: not a path of batches. */
  route: (asked: Asked) => ((shelf: Shelf) => Promise<Told> | Told) | undefined;
}

/** JSON, or lines of it. */
export type Told = { json: unknown } | { lines: readonly unknown[] };

const MAX_KEPT = 200;

type Fetch = (request: Request) => Promise<Response>;

export class Shelf {
  readonly files = new Map<string, string>();
  readonly batches = new Map<string, Batch>();
  readonly #fetch: Fetch;
  readonly #lastsMs: number;
  #count = 0;

  constructor(fetch: Fetch, lastsMs: number) {
    this.#fetch = fetch;
    this.#lastsMs = lastsMs;
  }

  keep<T>(kept: Map<string, T>, id: string, value: T): T {
    const [oldest] = kept.keys();
    if (kept.size >= MAX_KEPT && oldest !== undefined) kept.delete(oldest);
    kept.set(id, value);
    return value;
  }

  newId(asked: Asked, length: number): string {
    return idOf(`${asked.seed}${asked.nowMs}`, `batch ${this.#count++}`, length);
  }

  begin({ nowMs }: Asked, batch: Pick<Batch, 'id' | 'tag' | 'lines' | 'failed'>): Batch {
    return this.keep(this.batches, batch.id, { ...batch, createdMs: nowMs, endsMs: nowMs + this.#lastsMs });
  }

  cancel(batch: Batch, { nowMs }: Asked): void {
    if (!batch.answers) batch.cancelledMs ??= nowMs;
  }

  /** As it is now: the lines of one whose time has come are asked. */
  async find(id: string, asked: Asked): Promise<Batch> {
    const batch = this.batches.get(id);
    if (!batch) throw new Rejected(404, `There is no batch ${id}.`);
    if (batch.answers || batch.failed || (batch.cancelledMs === undefined && asked.nowMs < batch.endsMs)) return batch;
    const isCancelled = batch.cancelledMs !== undefined;
    const answers: BatchAnswer[] = [];
    for (const line of batch.lines) {
      answers.push({ key: line.key, answer: isCancelled ? undefined : await this.#ask(line, asked) });
    }
    return Object.assign(batch, { answers });
  }

  async #ask({ path, body }: BatchLine, { url, headers }: Asked): Promise<BatchAnswer['answer']> {
    const own = new Headers(headers);
    own.set('content-type', 'application/json');
    own.delete('content-length');
    const request = new Request(new URL(path, url), { method: 'POST', headers: own, body: JSON.stringify(body) });
    const response = await this.#fetch(request);
    return { status: response.status, body: await response.json() };
  }
}

export function jsonOf({ text }: Asked): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Told below.
  }
  throw new Rejected(400, 'The request body is not valid JSON');
}
