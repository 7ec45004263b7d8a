import { errorBody, type GatewayError } from '../../core/errors.ts';

/** Google's words for statuses; what is not listed is its client's fault below 500, and nobody's there above. */
const WORDS: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  500: 'INTERNAL',
  504: 'DEADLINE_EXCEEDED',
};

const TYPE = 'type.googleapis.com/google.rpc';

/** `{"error":{"code","message","status","details"}}`. Google's clients read the wait from the details. */
export function toGoogleError(error: GatewayError) {
  const { status } = error;
  const { message, code, param, origin } = errorBody(error).error;
  const details: object[] = [
    { '@type': `${TYPE}.ErrorInfo`, reason: code.toUpperCase(), domain: 'signalbox', metadata: { origin } },
  ];
  if (param !== null) {
    details.push({ '@type': `${TYPE}.BadRequest`, fieldViolations: [{ field: param, description: message }] });
  }
  if (error.retryAfterMs !== undefined && Number.isFinite(error.retryAfterMs)) {
    const seconds = Math.max(error.retryAfterMs, 1) / 1000;
    details.push({ '@type': `${TYPE}.RetryInfo`, retryDelay: `${seconds.toFixed(3).replace(/\.?0+$/, '')}s` });
  }
  const word = WORDS[status] ?? (status < 500 ? 'INVALID_ARGUMENT' : 'UNAVAILABLE');
  return { error: { code: status, message, status: word, details } };
}
