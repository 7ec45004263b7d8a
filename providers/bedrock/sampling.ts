import type { Call, Warning } from '../../src/core/provider.ts';
import { outputTokens, stopSequences } from '../shared/fields.ts';
import { changed, dropped, emulated, type Part } from './body.ts';
import { isNova, type Family } from './model.ts';
import type { ThinkingPart } from './thinking.ts';

/** Bedrock sets quota aside for all that an answer might be, so a limit is always sent. */
const DEFAULT_TOKENS = 16_384;
/** What newer Claudes take for the default of `top_p`. */
const DEFAULT_TOP_P = 0.99;
/** Claude 4 and later refuse `temperature` and `top_p` together. */
const CLAUDE_BEFORE_4 = /claude-(?:3|v2|instant)/;

type Inference = NonNullable<NonNullable<Part['fields']>['inferenceConfig']>;

export function toInference(call: Call, family: Family, thinking: ThinkingPart): Part {
  const warnings: Warning[] = [];
  const inferenceConfig: Inference = {
    ...toMaxTokens(call, thinking, warnings),
    ...toTemperature(call, family, { thinking, warnings }),
  };
  const stop = toStop(call);
  Object.assign(inferenceConfig, stop.fields?.inferenceConfig);
  return {
    ...stop,
    fields: Object.keys(inferenceConfig).length > 0 ? { inferenceConfig } : {},
    additional: toTopK(call, family, { thinking, warnings }),
    warnings: [...warnings, ...(stop.warnings ?? [])],
  };
}

function toMaxTokens(call: Call, { budget, unlimited }: ThinkingPart, warnings: Warning[]): Inference {
  if (unlimited) return {};
  const cap = call.capabilities.outputTokens;
  const { value, param } = outputTokens(call.request);
  const wanted = value ?? Math.min(DEFAULT_TOKENS, cap);
  if (wanted > cap) warnings.push(changed(param, `clamped to ${cap}`));
  return { maxTokens: Math.min(wanted + budget, cap) };
}

interface SamplingContext {
  thinking: ThinkingPart;
  warnings: Warning[];
}

/** Converse takes temperatures from 0 to 1 for all its models. */
function toTemperature(call: Call, family: Family, { thinking, warnings }: SamplingContext): Inference {
  const { temperature, top_p: topP } = call.request;
  const isFree = takesSampling(call, family, thinking);
  const hasTemperature = typeof temperature === 'number' && (isFree || temperature !== 1);
  const hasTopP = typeof topP === 'number' && (isFree || topP < DEFAULT_TOP_P);
  if (!isFree) {
    if (hasTemperature) warnings.push(dropped('temperature'));
    if (hasTopP) warnings.push(dropped('top_p'));
    return {};
  }
  if (hasTemperature && temperature > 1) warnings.push(changed('temperature', 'clamped to 1'));
  const onlyOne = hasTemperature && family === 'claude' && !CLAUDE_BEFORE_4.test(call.providerModel);
  if (hasTopP && onlyOne && topP < 1) warnings.push(dropped('top_p', 'not together with temperature'));
  return {
    ...(hasTemperature && { temperature: Math.min(temperature, 1) }),
    ...(hasTopP && !onlyOne && { topP }),
  };
}

function takesSampling({ capabilities }: Call, family: Family, thinking: ThinkingPart): boolean {
  if (capabilities.sampling === 'none' || thinking.unlimited) return false;
  return !thinking.on || (capabilities.sampling === 'free' && family !== 'claude');
}

/** Not in Converse itself, where the official SDK drops it without a word. */
function toTopK(call: Call, family: Family, { thinking, warnings }: SamplingContext): Record<string, unknown> {
  const topK = call.request.top_k;
  if (typeof topK !== 'number') return {};
  if (takesSampling(call, family, thinking)) {
    if (family === 'claude' || family === 'mistral') return { top_k: topK };
    if (family === 'cohere') return { k: topK };
    if (isNova(family)) return { inferenceConfig: { topK } };
  }
  warnings.push(dropped('top_k'));
  return {};
}

function toStop({ request, capabilities }: Call): Part {
  const asked = stopSequences(request);
  const sequences = asked.filter((sequence) => sequence.trim() !== ''); // Claude answers 400 to blanks.
  const warnings = sequences.length < asked.length ? [changed('stop', 'blank sequences are left out')] : [];
  if (sequences.length === 0) return { warnings };
  if (capabilities.stop) return { fields: { inferenceConfig: { stopSequences: sequences } }, warnings };
  return { warnings: [...warnings, emulated('stop')], emulate: { stop: sequences } };
}
