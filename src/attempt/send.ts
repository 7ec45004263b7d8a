import type { Departure } from '../core/departure.ts';
import { GatewayError } from '../core/errors.ts';
import { type FieldOf, named, namedWarnings } from '../core/field-names.ts';
import type { Clock, IncomingResponse, Transport } from '../core/ports.ts';
import type { Call, Exchange, OutgoingRequest, Provider, Warning } from '../core/provider.ts';
import { wallMs } from '../core/wall.ts';
import { inBytes, LONG_TEXT } from '../core/wire.ts';
import type { AnswerStamp } from '../answers/collector.ts';
import type { Pen } from '../answers/pen.ts';

/** An error body is read up to here; more is no explanation. */
const MAX_REFUSAL_BYTES = 256 * 1024;
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** Everything one attempt at one deployment needs. */
export interface Work {
  call: Call;
  provider: Provider;
  transport: Transport;
  clock: Clock;
  client: Departure;
  timeouts: Timeouts;
  stamp: AnswerStamp;
  /** Writes the answer down. */
  pen: Pen;
  /** What the canonical request could not hold; nothing is lost where the client's own words pass. */
  lost: readonly Warning[];
  /** The field that only an upstream of the client's own wire can serve. */
  only: string | undefined;
  /** What the client calls a field of the call's request. */
  fieldOf?: FieldOf | undefined;
  /** The client asked for `stream_options.include_usage`. */
  includeUsage: boolean;
  /** `x-signalbox-strict`: what would be dropped or changed is refused. */
  strict: boolean;
  /** A whole answer is read as a stream, so that a stall is seen early. */
  readAsStream: boolean;
  /** Nothing can be said before the answer is there whole: it has all the time there is. */
  gather: () => void;
  /** The first content of a whole answer that is read as a stream has come. */
  begun: () => void;
  /** Whatever the answer is, its head may say what is left of the provider's limits. */
  learn: (response: IncomingResponse) => void;
  /** Our guess at the prompt's tokens, for answers that nobody counted. */
  promptTokens: number;
}

export interface Timeouts {
  firstByteMs: number;
  /** Until the last byte of an answer that is read whole. */
  wholeMs: number;
  idleMs: number;
}

/** The request in the provider's words, unless it would lose something that the client will not lose. */
export function translate(work: Work): Exchange {
  const exchange = translated(work);
  const { body } = exchange;
  return body.length < LONG_TEXT ? exchange : { ...exchange, body: '', bytes: [inBytes(body)] };
}

function translated(work: Work): Exchange {
  const { provider, only, lost: before } = work;
  const exchange = said(work);
  const passes = isPassing(work, exchange);
  if (only !== undefined && !passes) throw foreign(provider, only);
  const whole = passes || before.length === 0 ? exchange : withLost(exchange, before);
  refuseLoss(work, whole.warnings);
  return whole;
}

/** Throws `unsupported` for what the client will not have dropped or changed. */
export function refuseLoss({ provider, strict }: Work, warnings: readonly Warning[]): void {
  const lost = strict && warnings.find(({ action }) => action !== 'emulated');
  if (!lost) return;
  const how = lost.note ?? lost.action;
  throw new GatewayError('unsupported', `${provider.name} cannot take "${lost.param}" as it is (${how})`, {
    param: lost.param,
  });
}

/** What a dialect complains of is the canonical request's; where the client's own words pass, it is theirs. */
function said(work: Work): Exchange {
  const { provider, call, fieldOf } = work;
  if (!fieldOf) return provider.translate(call);
  try {
    const exchange = provider.translate(call);
    if (exchange.warnings.length === 0 || isPassing(work, exchange)) return exchange;
    return { ...exchange, warnings: namedWarnings(exchange.warnings, fieldOf) };
  } catch (cause) {
    throw named(cause, fieldOf);
  }
}

function isPassing({ call, pen }: Work, { relay }: Pick<Exchange, 'relay'>): boolean {
  return call.original !== undefined && relay === pen.wire;
}

function foreign({ name }: Provider, param: string): GatewayError {
  return new GatewayError('unsupported', `${name} has nothing like "${param}"`, { param });
}

function withLost(exchange: Exchange, lost: readonly Warning[]): Exchange {
  return { ...exchange, warnings: [...lost, ...exchange.warnings] };
}

type Sendable = Pick<Exchange, 'path' | 'headers' | 'body' | 'relay'> & Pick<OutgoingRequest, 'bytes'>;

/** Sends one exchange. Resolves with the head of a 2xx answer; anything else is classified and thrown. */
export function send(work: Work, exchange: Sendable): Promise<IncomingResponse> {
  const { provider, call, transport, timeouts, client, clock } = work;
  const { baseUrl, settings } = call.endpoint;
  const headers = settings.headers ? { ...exchange.headers, ...settings.headers } : exchange.headers;
  const request: OutgoingRequest = {
    url: baseUrl + exchange.path,
    headers,
    body: exchange.body,
    bytes: exchange.bytes,
  };
  const { firstByteMs, idleMs } = timeouts;
  const options = { client, firstByteMs, idleMs };
  const signed = provider.authorize(request, call.endpoint, wallMs(clock));
  const sent =
    signed instanceof Promise
      ? signed.then((authorized) => transport.send(authorized, options))
      : transport.send(signed, options);
  return sent.then((response) => {
    work.learn(response);
    if (response.status >= 200 && response.status < 300) return identified(response);
    return refused(work, exchange, response);
  });
}

async function refused(work: Work, exchange: Sendable, response: IncomingResponse): Promise<never> {
  throw named(await refusal(work, response), isPassing(work, exchange) ? undefined : work.fieldOf);
}

/** Anthropic's, OpenAI's and AWS's names for the same thing. */
const REQUEST_IDS = ['request-id', 'x-request-id', 'x-amzn-requestid'];

function identified(response: IncomingResponse): IncomingResponse {
  for (const name of REQUEST_IDS) response.requestId ??= response.header(name);
  return response;
}

async function refusal({ provider, clock }: Work, response: IncomingResponse): Promise<GatewayError> {
  if (response.status < 400) {
    await response.text(MAX_REFUSAL_BYTES).catch(() => ''); // Only to free the connection.
    return new GatewayError(
      'fault',
      `The provider answered with a redirect (${response.status}), which is not followed`,
    );
  }
  const body = await response.text(MAX_REFUSAL_BYTES).catch(() => ''); // The status says enough.
  return provider.classify({
    status: response.status,
    header: (name) => response.header(name),
    body,
    nowMs: wallMs(clock),
  });
}
