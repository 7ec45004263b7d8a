/** The router speaks of a request's fields in the canonical request's words; a client knows its own. */
import { GatewayError } from './errors.ts';
import type { Warning } from './provider.ts';

/** The client's field for one of the canonical request: `messages.3.tool_calls.0` may be `messages.1.content.2`. */
export type FieldOf = (param: string) => string;

/** The same error of the client's own field. What is no error of a field stays as it is. */
export function named(cause: unknown, fieldOf: FieldOf | undefined): unknown {
  if (!fieldOf || !(cause instanceof GatewayError) || cause.param === undefined) return cause;
  const param = fieldOf(cause.param);
  if (param === cause.param) return cause;
  const { kind, code, status, retryAfterMs, dimension, scope, retried } = cause;
  const message = cause.message.replaceAll(`'${cause.param}'`, `'${param}'`);
  return new GatewayError(kind, message, { param, code, status, retryAfterMs, dimension, scope, retried, cause });
}

/** The same of warnings. Two of ours may be one of the client's: it is told once. */
export function namedWarnings(warnings: readonly Warning[], fieldOf: FieldOf): readonly Warning[] {
  if (warnings.length === 0) return warnings;
  const told = new Map<string, Warning>();
  for (const warning of warnings) {
    const param = fieldOf(warning.param);
    told.set(`${param} ${warning.action} ${warning.note ?? ''}`, { ...warning, param });
  }
  return [...told.values()];
}
