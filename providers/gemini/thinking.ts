import type { ChatRequest } from '../../src/core/chat.ts';
import type { Call, Warning } from '../../src/core/provider.ts';
import { hidesReasoning, nearestEffort, wantedEffort, type Effort } from '../shared/effort.ts';
import type { GeminiConfig } from './wire.ts';

type ThinkingConfig = NonNullable<GeminiConfig['thinkingConfig']>;

export interface Thinking {
  config?: ThinkingConfig;
  warnings: Warning[];
}

/** Google's own OpenAI endpoint maps low, medium and high to 1K, 8K and 24K. */
const FLASH: Record<Effort, number> = {
  none: 0,
  minimal: 512,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 24_576,
  max: 24_576,
};

/** 2.5 Pro cannot be switched off, and may think longer. */
const PRO: Record<Effort, number> = { ...FLASH, none: 128, xhigh: 32_768, max: 32_768 };

const LEVELS = {
  none: 'MINIMAL',
  minimal: 'MINIMAL',
  low: 'LOW',
  medium: 'MEDIUM',
  high: 'HIGH',
  xhigh: 'HIGH',
  max: 'HIGH',
} as const satisfies Record<Effort, string>;

/** How much to think. Never both a level and a budget: Gemini refuses the two together. */
export function toThinking(call: Call): Thinking {
  const effort = wantedEffort(call.request);
  switch (call.capabilities.reasoning) {
    case 'thinking_budget':
      return toBudget(call, effort);
    case 'thinking_level':
      return toLevel(call, effort);
    default:
      return { warnings: noThinking(call.request, effort) };
  }
}

function toBudget({ request, capabilities }: Call, effort: Effort | undefined): Thinking {
  const canStop = capabilities.efforts.includes('none');
  const table = canStop ? FLASH : PRO;
  const asked = effort === undefined ? request.reasoning?.max_tokens : table[effort];
  if (asked === undefined) return { ...shown(request, {}), warnings: [] };
  const thinkingBudget = Math.min(Math.max(asked, table.none), table.max);
  const isOther = effort === 'none' ? !canStop : thinkingBudget !== asked;
  const warnings = isOther ? [changed(request, `a budget of ${thinkingBudget} tokens`)] : [];
  if (thinkingBudget === 0) return { config: { thinkingBudget }, warnings };
  return { ...shown(request, { thinkingBudget }), warnings };
}

function toLevel({ request, capabilities }: Call, effort: Effort | undefined): Thinking {
  const wanted = effort ?? effortOf(request.reasoning?.max_tokens);
  if (wanted === undefined) return { ...shown(request, {}), warnings: [] };
  const thinkingLevel = LEVELS[nearestEffort(wanted, capabilities.efforts) ?? wanted];
  const isOther = effort === undefined || thinkingLevel !== LEVELS[wanted];
  const warnings = isOther ? [changed(request, `thinking level ${thinkingLevel}`)] : [];
  return { ...shown(request, { thinkingLevel }), warnings };
}

/** The highest effort that a budget of so many tokens pays for. */
function effortOf(budget: number | undefined): Effort | undefined {
  if (budget === undefined) return undefined;
  return (['high', 'medium', 'low'] as const).find((effort) => FLASH[effort] <= budget) ?? 'minimal';
}

/** With thoughts, unless the client hides them. Thoughts of a model that does not think are a 400. */
function shown(request: ChatRequest, config: ThinkingConfig): { config?: ThinkingConfig } {
  const whole: ThinkingConfig = hidesReasoning(request) ? config : { includeThoughts: true, ...config };
  return Object.keys(whole).length > 0 ? { config: whole } : {};
}

function noThinking(request: ChatRequest, effort: Effort | undefined): Warning[] {
  const isAsked = effort === undefined ? request.reasoning?.max_tokens !== undefined : effort !== 'none';
  return isAsked ? [{ param: paramOf(request), action: 'dropped' }] : [];
}

function changed(request: ChatRequest, note: string): Warning {
  return { param: paramOf(request), action: 'changed', note };
}

function paramOf(request: ChatRequest): string {
  return request.reasoning_effort ? 'reasoning_effort' : 'reasoning';
}
