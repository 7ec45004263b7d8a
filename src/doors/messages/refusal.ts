import { type ErrorKind, errorBody, type GatewayError } from '../../core/errors.ts';

/** Anthropic's words for what a status says. */
const TYPES = new Map<number, string>([
  [400, 'invalid_request_error'],
  [401, 'authentication_error'],
  [402, 'billing_error'],
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [409, 'conflict_error'],
  [413, 'request_too_large'],
  [429, 'rate_limit_error'],
  [503, 'overloaded_error'],
  [504, 'timeout_error'],
  [529, 'overloaded_error'],
]);

/** Coding agents shorten their conversation when they read this, and only then. */
const TOO_LONG = 'prompt is too long';
const OVERFLOWS: ReadonlySet<ErrorKind> = new Set(['context']);

/** An error as Anthropic's SDKs read it. Its `details` name the cause to who branches on it. */
export function refusal(error: GatewayError, requestId?: string): object {
  const { message, code, param, origin } = errorBody(error).error;
  const { status, kind } = error;
  const said = OVERFLOWS.has(kind) && !message.toLowerCase().includes(TOO_LONG) ? `${TOO_LONG}: ${message}` : message;
  return {
    type: 'error',
    error: {
      type: TYPES.get(status) ?? (status < 500 ? 'invalid_request_error' : 'api_error'),
      message: said,
      details: { error_code: code, origin, ...(param !== null && { param }) },
    },
    ...(requestId && { request_id: requestId }),
  };
}

/** The event that ends a broken stream: every Anthropic SDK raises it. */
export function brokenFrame(error: GatewayError): string {
  return `event: error\ndata: ${JSON.stringify(refusal(error))}\n\n`;
}
