import { asGatewayError } from '../core/errors.ts';

/**
 * The provider has said its end, so only the connection's is to come: it is waited for, so that the connection can
 * carry another request, but by nobody. A provider that says more than its end is hung up on.
 */
export async function letEnd(source: AsyncIterator<Uint8Array>): Promise<void> {
  try {
    const more = await source.next();
    if (!more.done) await source.return?.();
  } catch {
    // The answer was complete: how its connection ends says nothing of it.
  }
}

/** Did the connection break, so that the answer may have been at its end already? */
export function isBreak(cause: unknown): boolean {
  const { kind } = asGatewayError(cause);
  return kind === 'truncated' || kind === 'stalled';
}
