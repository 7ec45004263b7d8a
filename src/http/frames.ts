import type { Frames } from '../attempt/live.ts';
import type { Reply } from '../gateway/gateway.ts';
import { KEEP_ALIVE } from './port.ts';

/** The frames of an answer that is still being fought for: a comment opens the response meanwhile. */
export async function* framesOf(pending: Promise<Reply<Frames>>): Frames {
  let outcome: Reply<Frames> | undefined;
  try {
    yield KEEP_ALIVE;
    outcome = await pending;
    yield* outcome.body;
  } finally {
    if (!outcome) void pending.then(({ body }) => body.return()).catch(() => {}); // The client left before there was an answer.
  }
}

/** What `pending` gives, or undefined if that takes longer than `ms`. */
export function within<T>(pending: Promise<T>, ms: number): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms, undefined);
    pending.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
