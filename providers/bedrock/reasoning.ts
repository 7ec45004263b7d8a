/** How each family is told to think: Claude through its own API's fields, Nova 2 and OpenAI's models by theirs. */
import type { Call, Warning } from '../../src/core/provider.ts';
import { nearestEffort, wantedEffort, type Effort } from '../shared/effort.ts';
import { outputTokens } from '../shared/fields.ts';
import { changed, dropped } from './body.ts';
import { toClaudeThinking } from './claude-thinking.ts';
import type { Family } from './model.ts';
import { NOTHING, paramOf, type ThinkingContext, type ThinkingPart } from './thinking.ts';

/** What `efforts` lists where the catalog says nothing. */
const USUAL = ['low', 'medium', 'high'];

export function toThinking(call: Call, family: Family, context: ThinkingContext): ThinkingPart {
  const wanted = wantedEffort(call.request);
  if (call.capabilities.reasoning === 'none') return unthinking(call, wanted, 'the model does not reason');
  switch (family) {
    case 'claude':
      return toClaudeThinking(call, wanted, context);
    case 'nova2':
      return nova(call, wanted);
    case 'gpt-oss':
      return openai(call, wanted, (effort) => ({ reasoning_effort: effort }));
    case 'openai': // Those that came after gpt-oss do not know its field.
      return openai(call, wanted, (effort) => ({ reasoning: { effort } }));
    default:
      return unthinking(call, wanted, 'this model takes no effort');
  }
}

function unthinking({ request }: Call, wanted: Effort | undefined, note: string): ThinkingPart {
  const asks = request.thinking && request.thinking.type !== 'disabled';
  const isCounted = wanted === undefined && typeof request.reasoning?.max_tokens === 'number';
  const warnings = [
    ...(asks ? [dropped('thinking', note)] : []),
    ...((wanted ?? 'none') !== 'none' ? [dropped(paramOf(request), note)] : []),
    ...(isCounted ? [dropped('reasoning.max_tokens', note)] : []),
  ];
  return { ...NOTHING, warnings };
}

function nova(call: Call, wanted: Effort | undefined): ThinkingPart {
  const warnings = foreignBudgets(call);
  if (wanted === undefined || wanted === 'none') return { ...NOTHING, warnings };
  const asked = fitting(call, wanted, warnings);
  const limit = outputTokens(call.request);
  const isHigh = asked === 'high';
  if (isHigh && limit.value !== undefined) {
    // A limit is a promise about cost; effort is a wish.
    warnings.push(changed(paramOf(call.request), `set to medium: high takes no ${limit.param}`));
  }
  const effort = isHigh && limit.value !== undefined ? 'medium' : asked;
  return {
    on: true,
    budget: 0,
    unlimited: effort === 'high',
    additional: { reasoningConfig: { type: 'enabled', maxReasoningEffort: effort } },
    warnings,
  };
}

function openai(
  call: Call,
  wanted: Effort | undefined,
  say: (effort: Effort) => Record<string, unknown>,
): ThinkingPart {
  const warnings = foreignBudgets(call);
  if (wanted === undefined) return { ...NOTHING, on: true, warnings };
  const effort = fitting(call, wanted, warnings);
  return { on: effort !== 'none', budget: 0, additional: say(effort), warnings };
}

function fitting({ request, capabilities }: Call, wanted: Effort, warnings: Warning[]): Effort {
  const efforts = capabilities.efforts.length > 0 ? capabilities.efforts : USUAL;
  const effort = nearestEffort(wanted, efforts) ?? wanted;
  if (effort !== wanted) warnings.push(changed(paramOf(request), `set to ${effort}`));
  return effort;
}

/** Numbers of tokens are Claude's way. */
function foreignBudgets({ request }: Call): Warning[] {
  return [
    ...(request.thinking && request.thinking.type !== 'disabled' ? [dropped('thinking')] : []),
    ...(request.reasoning?.max_tokens !== undefined ? [dropped('reasoning.max_tokens')] : []),
  ];
}
