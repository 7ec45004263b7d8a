import type { ChatRequest } from '../../src/core/chat.ts';
import { GatewayError } from '../../src/core/errors.ts';

/** From the least to the most. */
const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;

export type Effort = (typeof EFFORTS)[number];

/** OpenAI's `reasoning_effort`, else OpenRouter's `reasoning`. Undefined: the model's own default. */
export function wantedEffort(request: ChatRequest): Effort | undefined {
  const { reasoning } = request;
  if (request.reasoning_effort) return parseEffort(request.reasoning_effort, 'reasoning_effort');
  if (reasoning?.effort) return parseEffort(reasoning.effort, 'reasoning.effort');
  if (reasoning?.enabled === false) return 'none';
  // OpenRouter: `enabled` without a measure means medium.
  return reasoning?.enabled && reasoning.max_tokens === undefined ? 'medium' : undefined;
}

/** The wanted effort if it is on the list, else the next lower one, else the lowest there is. */
export function nearestEffort(wanted: Effort, efforts: readonly string[]): Effort | undefined {
  // No reasoning at all is nothing that "a little" may be rounded down to.
  const offered = EFFORTS.filter((effort) => efforts.includes(effort) && (effort !== 'none' || wanted === 'none'));
  return offered.findLast((effort) => EFFORTS.indexOf(effort) <= EFFORTS.indexOf(wanted)) ?? offered[0];
}

export function hidesReasoning(request: ChatRequest): boolean {
  return request.reasoning?.exclude === true;
}

/** A word that is new to us may still be known to OpenAI, so it is this dialect that cannot say it. */
function parseEffort(value: unknown, param: string): Effort {
  const known = EFFORTS.find((effort) => effort === value);
  if (known) return known;
  throw new GatewayError('unsupported', `'${String(value).slice(0, 40)}' is no reasoning effort we know`, { param });
}
