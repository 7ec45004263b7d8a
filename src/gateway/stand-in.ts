/** What the operator lets us say in an emergency, when nobody answers. */
import type { ChatRequest } from '../core/chat.ts';
import type { GatewayError } from '../core/errors.ts';
import type { Gateway, Plan } from './gateway.ts';

/** Undefined where the failure itself has to be told. Background work can wait, so it does. */
export function standIn(
  gateway: Gateway,
  { request, priority, hold, task }: Plan,
  failure: GatewayError,
): string | undefined {
  if (!hold || task !== undefined) return undefined; // Its own limits refused it, or words are no answer to it.
  const { dispatcher, clock, emergencyAnswer } = gateway;
  if (emergencyAnswer === undefined || priority === 'background' || !isOfProviders(failure)) return undefined;
  return dispatcher.emergency.active(clock.now()) && takesText(request) ? emergencyAnswer : undefined;
}

/** Not the caller's fault, nor our own: it may pass, or another deployment might have served. */
function isOfProviders({ rule }: GatewayError): boolean {
  return rule.clientRetry || (rule.failover && rule.type !== 'invalid_request_error');
}

/** Who demands JSON or a tool's call is promised nothing else. */
function takesText({ response_format: format, tool_choice: choice }: ChatRequest): boolean {
  const freely = choice === undefined || choice === null || choice === 'auto' || choice === 'none';
  return freely && (!format || format.type === 'text');
}
