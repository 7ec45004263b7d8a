/**
 * What each Claude takes and refuses, on Anthropic's own API and on Bedrock. Kept apart from the router's catalog
 * on purpose: practice would prove nothing if both sides read the same table.
 */
import { Rejected } from './rejected.ts';

export interface Claude {
  family: string;
  version: number;
}

/** `us.anthropic.claude-opus-4-6-v1`, `claude-haiku-4-5-20251001`, `claude-3-5-sonnet-20241022`. */
export function claudeOf(model: string): Claude | undefined {
  const modern = /claude-([a-z]+)-(\d+)(?:-(\d{1,2}))?(?![\d])/u.exec(model);
  if (modern) return { family: modern[1] ?? '', version: Number(`${modern[2]}.${modern[3] ?? 0}`) };
  const old = /claude-(\d+)(?:-(\d{1,2}))?-([a-z]+)/u.exec(model);
  return old ? { family: old[3] ?? '', version: Number(`${old[1]}.${old[2] ?? 0}`) } : undefined;
}

type Thinking = 'budget' | 'either' | 'adaptive' | 'disableable' | 'between_tools' | 'always';

export function thinkingOf({ family, version }: Claude): Thinking {
  if (family === 'fable' || family === 'mythos') return 'always';
  if (version >= 5.5) return family === 'opus' ? 'always' : family === 'sonnet' ? 'between_tools' : 'disableable';
  if (version >= 5) return 'disableable';
  if (version >= 4.7) return 'adaptive';
  return version >= 4.6 ? 'either' : 'budget';
}

function effortsOf({ family, version }: Claude): readonly string[] {
  if (version >= 4.7) return ['low', 'medium', 'high', 'xhigh', 'max'];
  if (version >= 4.6) return ['low', 'medium', 'high', 'max'];
  return version === 4.5 && family === 'opus' ? ['low', 'medium', 'high'] : [];
}

/** Whether earlier thoughts are bound to this very model and to everything that was said before them. */
export function bindsThoughts({ family, version }: Claude): boolean {
  return version >= 5.5 || family === 'fable' || family === 'mythos';
}

function refusesForcedTools({ family, version }: Claude): boolean {
  if (family === 'fable' || family === 'mythos') return version >= 5.1;
  return version >= 5.5 && family !== 'haiku';
}

export function takesLateSystem({ version }: Claude): boolean {
  return version >= 4.8;
}

function maxOutputOf({ version }: Claude): number {
  return version >= 4.6 ? 128_000 : 64_000;
}

/** Its thoughts come empty, signature only, unless a summary is asked for. */
export function hidesThoughts({ version }: Claude): boolean {
  return version >= 4.7;
}

/** The switches that both wires have, in Anthropic's words. */
export interface ClaudeAsk {
  model: string;
  claude: Claude;
  maxTokens: number;
  temperature: number | undefined;
  topP: number | undefined;
  topK: number | undefined;
  thinking: { type: string; budget_tokens?: number | undefined; display?: string | null | undefined } | undefined;
  effort: string | undefined;
  forcesTool: boolean;
  endsWithAssistant: boolean;
}

type Refuses = (ask: ClaudeAsk) => string | false | undefined;

const RULES: readonly Refuses[] = [
  ({ model, claude, maxTokens }) =>
    maxTokens > maxOutputOf(claude) &&
    `max_tokens: ${maxTokens} > ${maxOutputOf(claude)}, which is the maximum allowed number of output tokens for ${model}`,
  ({ temperature }) => temperature !== undefined && (temperature < 0 || temperature > 1) && 'temperature: range: 0..1',
  ({ claude, temperature }) =>
    claude.version > 4.6 && (temperature ?? 1) !== 1 && '`temperature` may only be set to 1 on this model.',
  ({ claude, topP }) => claude.version > 4.6 && (topP ?? 1) < 0.99 && '`top_p` must be at least 0.99 on this model.',
  ({ claude, topK }) => claude.version > 4.6 && topK !== undefined && '`top_k` is not supported on this model.',
  ({ claude, temperature, topP }) =>
    claude.version >= 4 &&
    temperature !== undefined &&
    topP !== undefined &&
    '`temperature` and `top_p` cannot both be specified for this model. Please use only one.',
  ({ claude, effort }) =>
    effort !== undefined &&
    !effortsOf(claude).includes(effort) &&
    (effortsOf(claude).length > 0
      ? `output_config.effort: Input should be one of ${effortsOf(claude).join(', ')} for this model`
      : 'This model does not support the effort parameter.'),
  ({ claude, forcesTool }) =>
    forcesTool && refusesForcedTools(claude) && '`tool_choice` of type `any` or `tool` is not supported on this model.',
  ({ claude, endsWithAssistant }) =>
    endsWithAssistant &&
    claude.version >= 4.6 &&
    'This model does not support assistant message prefill. The conversation must end with a user message.',
  thinkingRefused,
];

export function checkClaude(ask: ClaudeAsk): void {
  for (const refuses of RULES) {
    const message = refuses(ask);
    if (message) throw new Rejected(400, message);
  }
}

function thinkingRefused(ask: ClaudeAsk): string | false | undefined {
  const { thinking, effort = '' } = ask;
  const style = thinkingOf(ask.claude);
  const type = thinking?.type;
  if (type === undefined) return undefined;
  if (type === 'enabled') return budgetRefused(ask, style);
  if (!THINKING_TYPES[style].includes(type)) return `thinking.type: \`${type}\` is not supported on this model.`;
  const contradicts = (type === 'disabled' && style === 'disableable') || type === 'between_tools';
  if (!contradicts || (effort !== 'xhigh' && effort !== 'max')) return undefined;
  return `thinking.type: \`${type}\` cannot be combined with effort \`${effort}\`.`;
}

/** Besides `enabled`, which has rules of its own. */
const THINKING_TYPES: Record<Thinking, readonly string[]> = {
  budget: ['disabled'],
  either: ['adaptive', 'disabled'],
  adaptive: ['adaptive', 'disabled'],
  disableable: ['adaptive', 'disabled'],
  between_tools: ['adaptive', 'between_tools'],
  always: ['adaptive'],
};

function budgetRefused(ask: ClaudeAsk, style: Thinking): string | false {
  const budget = ask.thinking?.budget_tokens ?? 0;
  if (style !== 'budget' && style !== 'either') {
    return '`thinking.type: enabled` is not supported on this model. Use `thinking.type: adaptive` and `output_config.effort`.';
  }
  if (budget < 1024) return 'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024';
  if (budget >= ask.maxTokens) return '`max_tokens` must be greater than `thinking.budget_tokens`.';
  if ((ask.temperature ?? 1) !== 1) return '`temperature` may only be set to 1 when thinking is enabled.';
  if ((ask.topP ?? 1) < 0.95) return '`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.';
  if (ask.topK !== undefined) return '`top_k` must be unset when thinking is enabled.';
  return ask.forcesTool && 'Thinking may not be enabled when tool_choice forces tool use.';
}
