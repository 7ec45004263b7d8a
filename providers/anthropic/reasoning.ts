import type { OutputConfig, ThinkingConfigParam } from '@anthropic-ai/sdk/resources/messages';
import type { Call, Warning } from '../../src/core/provider.ts';
import type { Turn } from '../shared/conversation.ts';
import { hidesReasoning, nearestEffort, wantedEffort, type Effort } from '../shared/effort.ts';
import { isWithinLimit, outputTokens } from '../shared/fields.ts';
import { changed, dropped, type MessagesBody } from './body.ts';

/** Tokens of thinking, for models that are told a number. */
const BUDGETS: readonly (readonly [Exclude<Effort, 'none'>, number])[] = [
  ['minimal', 1024],
  ['low', 2048],
  ['medium', 8192],
  ['high', 16_384],
  ['xhigh', 24_576],
  ['max', 32_000],
];
const LEAST_BUDGET = 1024;

export interface Thinking {
  /** Thinking was switched on, which forbids forced tools and sampling. */
  on: boolean;
  /** To be added to the answer's tokens, because Anthropic counts thinking among them. */
  budget: number;
  fields?: Pick<MessagesBody, 'thinking' | 'output_config'>;
  warnings?: readonly Warning[];
}

const NOTHING: Thinking = { on: false, budget: 0 };

export interface ThinkingContext {
  turns: readonly Turn[];
  /** `tool_choice` will force a call. */
  forced: boolean;
}

export function toThinking(call: Call, context: ThinkingContext): Thinking {
  const { request, capabilities } = call;
  const wanted = wantedEffort(request);
  const tokens = request.reasoning?.max_tokens;
  if (capabilities.reasoning === 'none') return unthinking(call, wanted);
  if (request.thinking) return asGiven(call, wanted);
  if (wanted === undefined && tokens === undefined) return NOTHING;
  if (capabilities.reasoning === 'budget') return wanted === 'none' ? NOTHING : byBudget(call, context, wanted);
  return wanted === 'none' ? switchedOff(call) : byEffort(call, context, wanted ?? effortOf(tokens ?? 0));
}

function unthinking({ request }: Call, wanted: Effort | undefined): Thinking {
  const warnings: Warning[] = [];
  if (request.thinking && request.thinking.type !== 'disabled')
    warnings.push(dropped('thinking', 'the model does not reason'));
  if ((wanted ?? 'none') !== 'none') warnings.push(dropped(paramOf({ request }), 'the model does not reason'));
  return { ...NOTHING, warnings };
}

/** Anthropic's own spelling goes through untouched. */
function asGiven({ request, capabilities }: Call, wanted: Effort | undefined): Thinking {
  const thinking = request.thinking as ThinkingConfigParam;
  const effort = wanted && wanted !== 'none' ? nearestEffort(wanted, capabilities.efforts) : undefined;
  return {
    on: thinking.type === 'enabled' || thinking.type === 'adaptive',
    budget: thinking.type === 'enabled' && outputTokens(request).value === undefined ? thinking.budget_tokens : 0,
    fields: { thinking, ...outputEffort(effort) },
  };
}

function byBudget(call: Call, { turns }: ThinkingContext, wanted: Effort | undefined): Thinking {
  const { request, capabilities } = call;
  const asked = request.reasoning?.max_tokens ?? budgetOf(wanted ?? 'medium');
  // Half of what the model can say at all stays for the answer.
  const budget = Math.min(Math.max(asked, LEAST_BUDGET), Math.floor(capabilities.outputTokens / 2));
  if (budget < LEAST_BUDGET) return { ...NOTHING, warnings: [dropped(paramOf(call), 'too few output tokens')] };
  const obstacle = obstacleToThinking(turns);
  if (obstacle) return { ...NOTHING, warnings: [dropped(paramOf(call), obstacle)] };
  const effort = wanted && nearestEffort(wanted, capabilities.efforts);
  const display = hidesReasoning(request) ? { display: 'omitted' as const } : {};
  return {
    on: true,
    budget: isWithinLimit(request, budget) ? 0 : budget,
    fields: { thinking: { type: 'enabled', budget_tokens: budget, ...display }, ...outputEffort(effort) },
    warnings:
      request.reasoning?.max_tokens && budget !== asked ? [changed('reasoning.max_tokens', `set to ${budget}`)] : [],
  };
}

/**
 * Claude 4.7 and later keep their thinking's text to themselves unless asked for a summary. Where thinking is on
 * anyway and a tool is forced, nothing is said of it: a forced call with `adaptive` spelled out is a 400.
 */
function byEffort(call: Call, { forced }: ThinkingContext, wanted: Effort): Thinking {
  const { request, capabilities } = call;
  const effort = nearestEffort(wanted, capabilities.efforts);
  const mustSwitchOn = capabilities.reasoning === 'adaptive';
  const hidden = hidesReasoning(request);
  const silent = !mustSwitchOn && (hidden || (forced && capabilities.forcedToolChoice));
  const thinking: ThinkingConfigParam = { type: 'adaptive', display: hidden ? 'omitted' : 'summarized' };
  const isOther = effort !== undefined && effort !== wanted && wanted !== 'minimal'; // Claude has no `minimal`: low is it.
  return {
    on: mustSwitchOn,
    budget: 0,
    fields: { ...(!silent && { thinking }), ...outputEffort(effort) },
    warnings: isOther ? [changed(paramOf(call), `set to ${effort}`)] : [],
  };
}

function switchedOff(call: Call): Thinking {
  const { capabilities } = call;
  const low = outputEffort(nearestEffort('low', capabilities.efforts));
  switch (capabilities.reasoning) {
    case 'disableable':
      return { ...NOTHING, fields: { thinking: { type: 'disabled' } } };
    case 'between_tools':
      return { ...NOTHING, fields: { thinking: { type: 'between_tools' }, ...low } };
    case 'always':
      return { ...NOTHING, fields: low, warnings: [changed(paramOf(call), 'set to low')] };
    default:
      return NOTHING; // Off unless asked for.
  }
}

function outputEffort(effort: Effort | undefined): { output_config?: OutputConfig } {
  if (effort === undefined || effort === 'none' || effort === 'minimal') return {};
  return { output_config: { effort } };
}

function budgetOf(wanted: Effort): number {
  return BUDGETS.find(([effort]) => effort === wanted)?.[1] ?? LEAST_BUDGET;
}

/** The largest effort whose budget fits. */
function effortOf(tokens: number): Effort {
  return BUDGETS.findLast(([, budget]) => budget <= tokens)?.[0] ?? 'minimal';
}

function paramOf({ request }: Pick<Call, 'request'>): string {
  return request.reasoning_effort ? 'reasoning_effort' : 'reasoning';
}

/** Models of the 4.5 age answer 400 to thinking in these places. */
function obstacleToThinking(turns: readonly Turn[]): string | undefined {
  const last = turns.at(-1);
  if (last?.role === 'assistant') return 'not while an assistant turn is continued';
  if (!last?.blocks.some(({ type }) => type === 'tool_result')) return undefined;
  const calling = turns.findLast(({ role }) => role === 'assistant');
  return calling?.blocks[0]?.type === 'reasoning' ? undefined : 'the reasoning before the last tool call is gone';
}
