import { GatewayError } from '../../src/core/errors.ts';

/** Whatever a reader stumbles over in an answer is the provider's fault, not ours. */
export function asFault(cause: unknown): GatewayError {
  if (cause instanceof GatewayError) return cause;
  return new GatewayError('fault', 'The provider sent an answer that cannot be read', { cause });
}

/** Reads, and throws only `GatewayError`. */
export function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw asFault(cause);
  }
}
