import type { AnswerSink } from './answer.ts';
import type { BatchApi } from './batch.ts';
import type { ChatRequest, Usage } from './chat.ts';
import type { Capabilities, Endpoint, EndpointSettings } from './deployment.ts';
import type { GatewayError } from './errors.ts';
import type { Amounts, LimitReading, Weight } from './limits.ts';
import type { Bytes, Original, Wire } from './wire.ts';

/**
 * A dialect: it says a request in the provider's words and understands what comes back. Pure: no I/O, no clock,
 * no state between calls. It never retries and never falls back, and throws only `GatewayError`.
 * `test/providers/contract.ts` holds every provider to that.
 */
export interface Provider {
  readonly name: string;
  /** The wires whose originals it can pass on. */
  readonly speaks: readonly Wire[];
  /** Where the public API lives, if the configuration names no address. */
  baseUrl(settings: EndpointSettings): string;
  /** Throws `unsupported` with `param` for what this dialect cannot say and must not drop. */
  translate(call: Call): Exchange;
  /** Asks how many tokens a prompt has; undefined where the provider cannot be asked. */
  countTokens?: (call: Call) => TokenCount | undefined;
  /** Its batch endpoint, where the provider has one. */
  batches?: BatchApi;
  /** What an answer other than 2xx means. */
  classify: (refusal: Refusal) => GatewayError;
  /** Adds the credential, last, because a signature covers the bytes. */
  authorize(request: OutgoingRequest, endpoint: Endpoint, nowMs: number): OutgoingRequest | Promise<OutgoingRequest>;
  /** What the provider sets aside of its limits when a request arrives, as it counts. */
  reserve: (weight: Weight) => Amounts;
  /** What an answered request has taken of them in the end. */
  spent: (usage: Usage) => Amounts;
  /** What the headers of any answer say of limits per minute; nothing where they say nothing, or nonsense. */
  readLimits: (header: (name: string) => string | undefined) => readonly LimitReading[];
  /** Where its quotas have their days (an IANA name); UTC without it. */
  quotaTimeZone?: string;
}

/** One attempt at one deployment. */
export interface Call {
  request: ChatRequest;
  /** What the client sent, where it may be passed on. */
  original?: Original | undefined;
  /** The API that the client speaks, also where its words cannot be passed on. */
  wire?: Wire | undefined;
  endpoint: Endpoint;
  providerModel: string;
  capabilities: Capabilities;
  /** Makes an id for a tool call that the provider left without one. */
  newId(): string;
  /** Leave out reasoning of earlier turns: the provider has just refused its signatures. */
  omitReasoning?: boolean | undefined;
}

/** One request in the provider's words, and how to read what comes back for it. */
export interface Exchange {
  /** Begins with a slash; appended to the endpoint's address. */
  path: string;
  /** Without credentials. */
  headers: Record<string, string>;
  body: string;
  /** In the place of `body`, where it is long: one behind the other. */
  bytes?: readonly Bytes[] | undefined;
  /** What was dropped, changed or left to the router to do. */
  warnings: readonly Warning[];
  /** What the router must do itself for this provider. */
  emulate?: Emulation;
  /** The wire of the answer, where its bytes may pass untouched to a client that speaks it. */
  relay?: Wire | undefined;
  /** Reads a whole 2xx answer into the sink. Throws `fault` for what is no answer. */
  readAnswer(body: string, sink: AnswerSink): void;
  /** Reads a streamed answer into the sink. */
  openStream(sink: AnswerSink): StreamReader;
}

/** The question how many tokens a prompt has, in the provider's words. */
export interface TokenCount extends Pick<Exchange, 'path' | 'headers' | 'body'> {
  /** Of a 2xx answer. Throws `fault` for what is none. */
  read(body: string): number;
}

/** Bytes in, sink calls out; a chunk may end anywhere, even inside a character. */
export interface StreamReader {
  /** Throws `midstream` kinds for an error event of the provider. */
  push(bytes: Uint8Array): void;
  /** The connection closed cleanly. Throws `truncated` if the terminal event never came. */
  end(): void;
  /** The terminal event has come: nothing behind it belongs to the answer. For dialects that have one. */
  readonly ended?: boolean;
}

/** What a provider has no field for and the router does on its own, with behaviour equal or documented-near. */
export interface Emulation {
  /** OpenAI's `n`: send this many times, one choice each. */
  copies?: number;
  /** Cut the answer before the first of these. */
  stop?: readonly string[];
  /** The text must be JSON, and valid under the schema if there is one: checked before it is delivered. */
  json?: { schema?: Record<string, unknown> };
  /** A call of this tool (or of any) must come back: the provider refuses to force it. */
  toolRequired?: { name?: string };
}

/**
 * `dropped`: not said at all. `changed`: said otherwise (clamped, renamed). Both are 400s under `x-signalbox-strict`.
 * `emulated`: done by the router.
 */
export interface Warning {
  param: string;
  action: 'dropped' | 'changed' | 'emulated';
  /** Short, printable ASCII: `clamped to 1`. */
  note?: string;
}

/** Bytes to send, whole. */
export interface OutgoingRequest {
  /** POST without it. */
  method?: 'GET' | 'POST' | undefined;
  url: string;
  headers: Record<string, string>;
  body: string;
  /** In the place of `body`, one behind the other: what is long, or no text (a form with a file in it). */
  bytes?: readonly Bytes[] | undefined;
}

/** An upstream answer that is not 2xx. */
export interface Refusal {
  status: number;
  header: (name: string) => string | undefined;
  body: string;
  /** Our clock, where a date in the answer has no `date` header to compare with; milliseconds since 1970. */
  nowMs?: number | undefined;
}
