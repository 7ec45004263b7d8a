import type { ChatRequest } from '../../src/core/chat.ts';
import type { Call, Warning } from '../../src/core/provider.ts';
import { outputTokens, stopSequences } from '../shared/fields.ts';
import { changed, dropped, emulated, type Part } from './body.ts';
import { isNova, type Family } from './model.ts';
import type { ThinkingPart } from './thinking.ts';

/** Bedrock sets quota aside for all that an answer might be, so a limit is always sent. */
export const DEFAULT_TOKENS = 16_384;
/** What newer Claudes take for the default of `top_p`. */
const DEFAULT_TOP_P = 0.99;
/** Claude 4 and later refuse `temperature` and `top_p` together. */
const CLAUDE_BEFORE_4 = /claude-(?:3|v2|instant)/;

type Inference = NonNullable<NonNullable<Part['fields']>['inferenceConfig']>;

export function toInference(call: Call, family: Family, thinking: ThinkingPart): Part {
  const isFree = takesSampling(call, family, thinking);
  const tokens = toMaxTokens(call, thinking);
  const sampling = isFree ? toSampling(call, family) : withoutSampling(call.request);
  const topK = toTopK(call, family, isFree);
  const stop = toStop(call);
  const inferenceConfig: Inference = Object.assign({}, tokens.inference, sampling.inference, stop.inference);
  const parts = [tokens, sampling, topK, stop];
  return {
    fields: Object.keys(inferenceConfig).length > 0 ? { inferenceConfig } : {},
    additional: topK.additional ?? {},
    warnings: parts.flatMap((part) => part.warnings ?? []),
    ...(stop.emulate && { emulate: stop.emulate }),
  };
}

/** A share of `inferenceConfig`. */
type Share = Part & { inference?: Inference };

function toMaxTokens(call: Call, { budget, unlimited }: ThinkingPart): Share {
  if (unlimited) return {};
  const cap = call.capabilities.outputTokens;
  const { value, param } = outputTokens(call.request);
  const wanted = value ?? Math.min(DEFAULT_TOKENS, cap);
  return {
    inference: { maxTokens: Math.min(wanted + budget, cap) },
    warnings: wanted > cap ? [changed(param, `clamped to ${cap}`)] : [],
  };
}

function takesSampling({ capabilities }: Call, family: Family, thinking: ThinkingPart): boolean {
  if (capabilities.sampling === 'none' || thinking.unlimited) return false;
  return !thinking.on || (capabilities.sampling === 'free' && family !== 'claude');
}

/** Converse takes temperatures from 0 to 1 for all its models. */
function toSampling({ request, providerModel }: Call, family: Family): Share {
  const { temperature, top_p: topP } = request;
  const warnings: Warning[] = [];
  const inference: Inference = {};
  // Claude's own default is 1; other families have theirs.
  if (typeof temperature === 'number' && (family !== 'claude' || temperature !== 1)) {
    inference.temperature = Math.min(temperature, 1);
    if (temperature > 1) warnings.push(changed('temperature', 'clamped to 1'));
  }
  const hasRoom = family !== 'claude' || CLAUDE_BEFORE_4.test(providerModel) || inference.temperature === undefined;
  if (typeof topP === 'number' && hasRoom) inference.topP = topP;
  else if (typeof topP === 'number' && topP < 1) warnings.push(dropped('top_p', 'not together with temperature'));
  return { inference, warnings };
}

/** A value that is the default anyway is not missed. */
function withoutSampling({ temperature, top_p: topP }: ChatRequest): Share {
  return {
    warnings: [
      ...(typeof temperature === 'number' && temperature !== 1 ? [dropped('temperature')] : []),
      ...(typeof topP === 'number' && topP < DEFAULT_TOP_P ? [dropped('top_p')] : []),
    ],
  };
}

/** Not in Converse itself, where the official SDK drops it without a word. */
function toTopK({ request }: Call, family: Family, isFree: boolean): Share {
  const topK = request.top_k;
  if (typeof topK !== 'number') return {};
  if (isFree && (family === 'claude' || family === 'mistral')) return { additional: { top_k: topK } };
  if (isFree && family === 'cohere') return { additional: { k: topK } };
  if (isFree && isNova(family)) return { additional: { inferenceConfig: { topK } } };
  return { warnings: [dropped('top_k')] };
}

function toStop({ request, capabilities }: Call): Share {
  const asked = stopSequences(request);
  const sequences = asked.filter((sequence) => sequence.trim() !== ''); // Claude answers 400 to blanks.
  const warnings = sequences.length < asked.length ? [changed('stop', 'blank sequences are left out')] : [];
  if (sequences.length === 0) return { warnings };
  if (capabilities.stop) return { inference: { stopSequences: sequences }, warnings };
  return { warnings: [...warnings, emulated('stop')], emulate: { stop: sequences } };
}
