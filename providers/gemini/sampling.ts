import type { Call, Emulation, Warning } from '../../src/core/provider.ts';
import { dealStops, outputTokens, stopSequences } from '../shared/fields.ts';
import type { GeminiConfig } from './wire.ts';

/** Gemini's `seed` is a signed 32-bit integer. */
const SEEDS = 2 ** 31;

export interface Sampling {
  config: GeminiConfig;
  stop?: NonNullable<Emulation['stop']>;
  warnings: Warning[];
}

export function toSampling(call: Call): Sampling {
  const warnings: Warning[] = [];
  const { stopSequences: stops, stop } = toStop(call, warnings);
  return {
    config: {
      ...toLength(call, warnings),
      ...toRandomness(call, warnings),
      ...toPenalties(call, warnings),
      ...toSeed(call, warnings),
      ...(stops && { stopSequences: stops }),
      ...toLogprobs(call),
    },
    ...(stop && { stop }),
    warnings,
  };
}

function toLength({ request, capabilities }: Call, warnings: Warning[]): GeminiConfig {
  const { value, param } = outputTokens(request);
  if (value === undefined) return {};
  const maxOutputTokens = Math.min(value, capabilities.outputTokens);
  if (maxOutputTokens < value) warnings.push({ param, action: 'changed', note: `clamped to ${maxOutputTokens}` });
  return { maxOutputTokens };
}

function toRandomness({ request, capabilities }: Call, warnings: Warning[]): GeminiConfig {
  const fields = [
    ['temperature', 'temperature'],
    ['top_p', 'topP'],
    ['top_k', 'topK'],
  ] as const;
  const config: GeminiConfig = {};
  for (const [param, field] of fields) {
    const value = request[param];
    if (value === null || value === undefined || (param === 'top_k' && value === 0)) continue;
    if (capabilities.sampling === 'free') config[field] = value;
    else warnings.push({ param, action: 'dropped' });
  }
  return config;
}

/** Models that think answer 400, "Penalty is not enabled". */
function toPenalties({ request, capabilities }: Call, warnings: Warning[]): GeminiConfig {
  const fields = [
    ['frequency_penalty', 'frequencyPenalty'],
    ['presence_penalty', 'presencePenalty'],
  ] as const;
  const config: GeminiConfig = {};
  for (const [param, field] of fields) {
    const value = request[param];
    if (!value) continue;
    if (capabilities.reasoning === 'none') config[field] = value;
    else warnings.push({ param, action: 'dropped' });
  }
  return config;
}

function toSeed({ request }: Call, warnings: Warning[]): GeminiConfig {
  const wanted = request.seed;
  if (wanted === null || wanted === undefined) return {};
  const seed = wanted >= -SEEDS && wanted < SEEDS ? wanted : wanted % SEEDS;
  if (seed !== wanted) warnings.push({ param: 'seed', action: 'changed', note: `folded to ${seed}` });
  return { seed };
}

/** More are a 400. */
const MOST_STOPS = 5;

function toStop(
  { request, capabilities }: Call,
  warnings: Warning[],
): { stopSequences?: string[]; stop?: readonly string[] } {
  const { native, rest } = dealStops(stopSequences(request), capabilities.stop ? MOST_STOPS : 0);
  if (rest.length > 0) warnings.push({ param: 'stop', action: 'emulated' });
  return { ...(native.length > 0 && { stopSequences: native }), ...(rest.length > 0 && { stop: rest }) };
}

function toLogprobs({ request }: Call): GeminiConfig {
  if (!request.logprobs) return {};
  return { responseLogprobs: true, ...(request.top_logprobs && { logprobs: request.top_logprobs }) };
}
