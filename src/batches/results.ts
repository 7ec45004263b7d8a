/** A line's result, as OpenAI's output and error files have it. Pure. */
import { GatewayError } from '../core/errors.ts';
import type { Door } from '../doors/door.ts';
import type { Batch } from './terms.ts';

export interface Result {
  isAnswer: boolean;
  /** JSON, with its line end. */
  text: string;
}

interface Who {
  batch: Batch;
  number: number;
  customId: string;
}

/** By which the log and the ledger know the line. */
export function requestIdOf({ id }: Batch, number: number): string {
  return `${id}-${number}`;
}

/** `body`: JSON, in the words of the batch's door. */
export function answered(who: Who, body: string): Result {
  return written(who, { isAnswer: true, response: response(who, 200, body), error: 'null' });
}

/** As the client would have been refused. */
export function refused(who: Who, failure: GatewayError, door: Door): Result {
  const body = JSON.stringify(door.refusal(failure));
  return written(who, { isAnswer: false, response: response(who, failure.status, body), error: 'null' });
}

/** Never executed, or nobody knows. */
export function unanswered(who: Who, code: UnansweredCode): Result {
  const error = JSON.stringify({ code, message: UNANSWERED[code] });
  return written(who, { isAnswer: false, response: 'null', error });
}

export type UnansweredCode = keyof typeof UNANSWERED;

const UNANSWERED = {
  batch_expired: 'This request could not be executed before the completion window expired.',
  batch_cancelled: 'This request was cancelled before it was executed.',
  batch_unconfirmed:
    'The provider was asked and its confirmation was lost. It may have executed this request, so it was not sent again.',
  batch_interrupted: 'The router stopped while this request ran. It may have been executed, so it was not sent again.',
  batch_unanswered: 'The provider ended its batch without an answer to this request.',
  batch_undeliverable: 'The deployment that this request was for is no longer configured here.',
} as const;

function response({ batch, number }: Who, status: number, body: string): string {
  return `{"status_code":${status},"request_id":${JSON.stringify(requestIdOf(batch, number))},"body":${body}}`;
}

function written(
  { batch, number, customId }: Who,
  { isAnswer, response, error }: { isAnswer: boolean; response: string; error: string },
): Result {
  const id = `batch_req_${batch.id.replace(/^batch_/, '')}_${number}`;
  const text = `{"id":"${id}","custom_id":${JSON.stringify(customId)},"response":${response},"error":${error}}\n`;
  return { isAnswer, text };
}

/** The line's number, of a result that was written here. */
export function numberOf(text: string): number {
  return Number(/^\{"id":"batch_req_\w+_(\d+)"/.exec(text)?.[1] ?? NaN);
}
