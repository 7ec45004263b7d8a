/**
 * Claude's own fields, which Converse passes through: `thinking` and `output_config.effort`.
 * The rows are Anthropic's; that dialect has them once more, because providers do not import each other.
 */
import type { Call } from '../../src/core/provider.ts';
import type { Turn } from '../shared/conversation.ts';
import { hidesReasoning, nearestEffort, type Effort } from '../shared/effort.ts';
import { isWithinLimit, outputTokens } from '../shared/fields.ts';
import { changed, dropped } from './body.ts';
import { NOTHING, paramOf, type ThinkingContext, type ThinkingPart } from './thinking.ts';

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
/** Shows its thinking anyway, and is older than the field that asks for it. */
const WITHOUT_DISPLAY = /claude-(?:opus|sonnet)-4-6/;

export function toClaudeThinking(call: Call, wanted: Effort | undefined, context: ThinkingContext): ThinkingPart {
  const { request, capabilities } = call;
  const tokens = request.reasoning?.max_tokens;
  if (request.thinking) return asGiven(call, wanted);
  if (wanted === undefined && tokens === undefined) return NOTHING;
  if (wanted === 'none') return switchedOff(call);
  if (capabilities.reasoning === 'budget') return byBudget(call, context, wanted);
  return byEffort(call, context, wanted ?? effortOf(tokens ?? 0));
}

/** Anthropic's own spelling goes through untouched. */
function asGiven({ request, capabilities }: Call, wanted: Effort | undefined): ThinkingPart {
  const { thinking } = request;
  const effort = wanted && wanted !== 'none' ? nearestEffort(wanted, capabilities.efforts) : undefined;
  const limited = outputTokens(request).value !== undefined;
  return {
    on: thinking?.type === 'enabled' || thinking?.type === 'adaptive',
    budget: limited ? 0 : (thinking?.budget_tokens ?? 0),
    additional: { thinking, ...outputEffort(effort) },
  };
}

function byBudget(call: Call, { turns }: ThinkingContext, wanted: Effort | undefined): ThinkingPart {
  const { request, capabilities } = call;
  const asked = request.reasoning?.max_tokens ?? budgetOf(wanted ?? 'medium');
  // Half of what the model can say at all stays for the answer.
  const budget = Math.min(Math.max(asked, LEAST_BUDGET), Math.floor(capabilities.outputTokens / 2));
  if (budget < LEAST_BUDGET) return { ...NOTHING, warnings: [dropped(paramOf(request), 'too few output tokens')] };
  const obstacle = obstacleToThinking(turns);
  if (obstacle) return { ...NOTHING, warnings: [dropped(paramOf(request), obstacle)] };
  const isOther = request.reasoning?.max_tokens !== undefined && budget !== asked;
  return {
    on: true,
    budget: isWithinLimit(request, budget) ? 0 : budget,
    additional: {
      thinking: { type: 'enabled', budget_tokens: budget },
      ...outputEffort(wanted && nearestEffort(wanted, capabilities.efforts)),
    },
    warnings: isOther ? [changed('reasoning.max_tokens', `set to ${budget}`)] : [],
  };
}

/**
 * Claude 4.7 and later keep their thinking's text to themselves unless asked for a summary. Where thinking is on
 * anyway and a tool is forced, nothing is said of it: a forced call with `adaptive` spelled out is a 400.
 */
function byEffort(call: Call, { forced }: ThinkingContext, wanted: Effort): ThinkingPart {
  const { request, capabilities } = call;
  const effort = nearestEffort(wanted, capabilities.efforts);
  const mustSwitchOn = capabilities.reasoning === 'adaptive';
  const hidden = hidesReasoning(request);
  const silent = !mustSwitchOn && (hidden || (forced && capabilities.forcedToolChoice));
  const display = WITHOUT_DISPLAY.test(call.providerModel) ? {} : { display: hidden ? 'omitted' : 'summarized' };
  const isOther = effort !== undefined && effort !== wanted && wanted !== 'minimal'; // Claude has no `minimal`: low is it.
  return {
    on: mustSwitchOn,
    budget: 0,
    additional: { ...(!silent && { thinking: { type: 'adaptive', ...display } }), ...outputEffort(effort) },
    warnings: isOther ? [changed(paramOf(request), `set to ${effort}`)] : [],
  };
}

function switchedOff({ request, capabilities }: Call): ThinkingPart {
  const low = outputEffort(nearestEffort('low', capabilities.efforts));
  switch (capabilities.reasoning) {
    case 'disableable':
      return { ...NOTHING, additional: { thinking: { type: 'disabled' } } };
    case 'between_tools':
      return { ...NOTHING, additional: { thinking: { type: 'between_tools' }, ...low } };
    case 'always':
      return { ...NOTHING, additional: low, warnings: [changed(paramOf(request), 'set to low')] };
    default:
      return NOTHING; // Off unless asked for.
  }
}

/** Beside `thinking`, where Converse was seen to take it. */
function outputEffort(effort: Effort | undefined): { output_config?: { effort: Effort } } {
  return effort === undefined || effort === 'none' || effort === 'minimal' ? {} : { output_config: { effort } };
}

function budgetOf(wanted: Effort): number {
  return BUDGETS.find(([effort]) => effort === wanted)?.[1] ?? LEAST_BUDGET;
}

/** The largest effort whose budget fits. */
function effortOf(tokens: number): Effort {
  return BUDGETS.findLast(([, budget]) => budget <= tokens)?.[0] ?? 'minimal';
}

/** Models of the 4.5 age answer 400 to thinking in these places. */
function obstacleToThinking(turns: readonly Turn[]): string | undefined {
  const last = turns.at(-1);
  if (last?.role === 'assistant') return 'not while an assistant turn is continued';
  if (!last?.blocks.some(({ type }) => type === 'tool_result')) return undefined;
  const calling = turns.findLast(({ role }) => role === 'assistant');
  return calling?.blocks[0]?.type === 'reasoning' ? undefined : 'the reasoning before the last tool call is gone';
}
