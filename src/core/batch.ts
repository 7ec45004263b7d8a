/**
 * A provider's batch endpoint: many requests at once, answered within a day, for less. A dialect says the calls in its
 * words and understands what comes back; `src/batches/` makes the calls. Pure, as a `Provider` is.
 */
import type { Endpoint } from './deployment.ts';
import type { Exchange } from './provider.ts';

export interface BatchApi {
  /** What a line costs, as a share of the usual price. */
  priceFactor: number;
  /** Whether what stands behind this endpoint has batches: many servers speak a dialect and have none. */
  serves(endpoint: Endpoint): boolean;
  /** Where the lines go first, if they are not part of the batch itself. Again costs nothing. */
  upload?: { call(order: BatchOrder): BatchCall; read(body: string): string };
  create(order: BatchOrder): BatchCall;
  /** Of the answer to `create`, `look` and `cancel`. Throws `fault` for what is none. */
  read(body: string): UpstreamBatch;
  /** Asks for the batches of late, so that one whose creation was never confirmed is found by its tag. */
  recent?: { call(endpoint: Endpoint): BatchCall; find(body: string, tag: string): UpstreamBatch | undefined };
  look(id: string, endpoint: Endpoint): BatchCall;
  cancel(id: string, endpoint: Endpoint): BatchCall;
  /** The calls that bring the answers of one that has ended. */
  results(batch: UpstreamBatch, endpoint: Endpoint): readonly BatchCall[];
  readResults(body: string): Iterable<BatchAnswer>;
}

/** One request of a batch: `Exchange` as the dialect itself has translated it. */
export interface BatchLine extends Pick<Exchange, 'path' | 'headers' | 'body'> {
  /** Ours; comes back with the answer. */
  id: string;
}

export interface BatchOrder {
  endpoint: Endpoint;
  providerModel: string;
  /** Unique, and kept by the provider where it can. */
  tag: string;
  /** All have the same path. */
  lines: readonly BatchLine[];
  /** What `upload` gave. */
  file?: string | undefined;
}

export interface BatchCall {
  method: 'GET' | 'POST';
  /** Appended to the endpoint's address. */
  path: string;
  headers: Record<string, string>;
  body: string;
}

export interface UpstreamBatch {
  id: string;
  /** `failed`: none of its lines was executed. */
  state: 'running' | 'ended' | 'failed';
  completed: number;
  failed: number;
  /** Where the answers are, as the dialect wants to be reminded. */
  places: readonly string[];
  /** Of one that failed. */
  error?: { code: string; message: string; isTransient: boolean } | undefined;
}

export type BatchAnswer = { id: string } & (
  | { kind: 'answer'; body: string }
  /** As if the line had been asked alone. */
  | { kind: 'refusal'; status: number; body: string }
  | { kind: 'expired' | 'cancelled' }
);
