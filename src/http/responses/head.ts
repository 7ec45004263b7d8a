/** What is written beside a stored response, and what it is worth at a moment. Pure. */
import type { Kept, ResponseObject } from '../../doors/responses/stored.ts';

/** Of one that runs in the background it is the newer word: its body is written at the beginning and at the end. */
export interface Head {
  status: string;
  background: boolean;
  /** When the process that runs it last said that it does. */
  aliveAtMs: number;
}

/** How often that is said; the other way round it is how soon a run learns that it was cancelled elsewhere. */
export const BEAT_MS = 15_000;
/** A process that has said nothing for so long is gone. */
const LOST_MS = 4 * BEAT_MS;

export function textOf(head: Head): string {
  return JSON.stringify(head);
}

export function headOf(text: string): Head {
  const { status, background, aliveAtMs }: Partial<Head> = JSON.parse(text);
  return { status: String(status), background: background === true, aliveAtMs: Number(aliveAtMs) };
}

export function isRunning(status: string): boolean {
  return status === 'queued' || status === 'in_progress';
}

export function isLost({ aliveAtMs }: Head, nowMs: number): boolean {
  return nowMs - aliveAtMs > LOST_MS;
}

/** The response as it stands. Whoever ran it may be gone without a word: nothing stays in progress for ever. */
export function standingAt({ response }: Kept, head: Head, nowMs: number): ResponseObject {
  if (!isRunning(response.status)) return response;
  if (head.status === 'cancelled') return { ...response, status: 'cancelled' };
  if (!isLost(head, nowMs)) return { ...response, status: 'in_progress' };
  const message = 'The router that ran it in the background has stopped, and its answer is lost; ask again';
  return { ...response, status: 'failed', error: { code: 'server_error', message } };
}
