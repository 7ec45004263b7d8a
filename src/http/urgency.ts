import { GatewayError } from '../core/errors.ts';
import { PRIORITIES, type Priority } from '../core/priority.ts';
import type { Caller } from './authenticate.ts';

export interface Urgency {
  priority: Priority;
  /** Milliseconds for everything; undefined: what the operator allows. */
  deadlineMs: number | undefined;
}

/** `x-signalbox-priority` and `x-signalbox-deadline-ms`. Throws `invalid_request` that names the header. */
export function urgencyOf(
  priority: string | undefined,
  deadline: string | undefined,
  caller: Pick<Caller, 'priority'>,
): Urgency {
  return { priority: priorityOf(priority, caller), deadlineMs: deadlineOf(deadline) };
}

function priorityOf(text: string | undefined, caller: Pick<Caller, 'priority'>): Priority {
  if (text === undefined) return caller.priority;
  const asked = PRIORITIES.find((priority) => priority === text.toLowerCase());
  if (asked) return asked;
  throw wrong('x-signalbox-priority', `one of ${PRIORITIES.join(', ')}`);
}

function deadlineOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = Number(text);
  if (/^\d{1,9}$/.test(text) && ms > 0) return ms;
  throw wrong('x-signalbox-deadline-ms', 'milliseconds, as a whole number above 0');
}

function wrong(header: string, right: string): GatewayError {
  return new GatewayError('invalid_request', `${header}: must be ${right}`, { param: header });
}
