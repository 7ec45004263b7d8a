import type { ChatRequest } from '../../src/core/chat.ts';
import { GatewayError } from '../../src/core/errors.ts';
import type { Warning } from '../../src/core/provider.ts';
import { record } from './refusal.ts';

type Rule = (value: unknown, request: ChatRequest) => boolean;

const always: Rule = () => true;
const is =
  (...harmless: unknown[]): Rule =>
  (value) =>
    harmless.includes(value);
const isEmpty: Rule = (value) => Object.keys(record(value) ?? {}).length === 0;
const isTextOnly: Rule = (value) => Array.isArray(value) && value.every((entry) => entry === 'text');

/** Where leaving a field out changes nothing that the client can see. A field that is not listed is never silent. */
const SILENT = rules({
  // Read by every dialect or by the router itself.
  model: always,
  messages: always,
  stream: always,
  stream_options: always,
  tools: always,
  tool_choice: always,
  functions: always,
  function_call: always,
  extra_body: always,
  optional_fields: always,
  max_tokens: always,
  max_completion_tokens: always,
  // Hints to the provider's own bookkeeping, cache or speed.
  user: always,
  safety_identifier: always,
  metadata: always,
  prompt_cache_key: always,
  prompt_cache_retention: always,
  prompt_cache_options: always,
  prediction: always,
  // Harmless at the value that every provider starts from.
  store: is(false),
  n: is(1),
  temperature: is(1),
  top_p: is(1),
  top_k: is(0),
  top_a: is(0),
  min_p: is(0),
  repetition_penalty: is(1),
  frequency_penalty: is(0),
  presence_penalty: is(0),
  logprobs: is(false),
  top_logprobs: is(0),
  logit_bias: isEmpty,
  modalities: isTextOnly,
  stop: (_value, request) => stopSequences(request).length === 0,
  response_format: (value) => record(value)?.['type'] === 'text',
  parallel_tool_calls: (value, request) => value === true || !(request.tools?.length || request.functions?.length),
  service_tier: is('auto', 'default'),
  verbosity: is('medium'),
  reasoning_effort: is('none'),
});

const blocksContent: Rule = (value) => {
  const policy = record(record(value)?.['policy']);
  return [policy?.['input'], policy?.['output']].some((side) => record(side)?.['mode'] === 'block');
};

/** Fields that must be honoured or refused: without them the answer is not what the client can read, or asked for. */
const UNSAYABLE = rules({
  logprobs: always,
  top_logprobs: always,
  logit_bias: always,
  modalities: always,
  audio: always,
  web_search_options: (_value, request) => !request.optional_fields?.includes('web_search_options'),
  response_format: always,
  n: always,
  stop: always,
  moderation: blocksContent,
});

/** A warning for each field that is set, has an effect, and is not among the honoured ones: also for unknown ones. */
export function ignoredFields(request: ChatRequest, honoured: ReadonlySet<string>): Warning[] {
  return lostFields(request, honoured).map((param) => ({ param, action: 'dropped' }));
}

/** Throws `unsupported` for the first field that this dialect cannot say and must not drop. */
export function refuseUnsayable(request: ChatRequest, honoured: ReadonlySet<string>): void {
  const param = lostFields(request, honoured).find((name) => UNSAYABLE.get(name)?.(valueOf(request, name), request));
  if (param) throw new GatewayError('unsupported', `This provider has no '${param}'`, { param });
  requireTokens(request);
}

function requireTokens(request: ChatRequest): void {
  const { value, param } = outputTokens(request);
  if (value !== undefined && value < 1) {
    throw new GatewayError('unsupported', 'An answer needs at least one token', { param });
  }
}

/** The newer `max_completion_tokens` wins. `param` is the one that counts. */
export function outputTokens(request: ChatRequest): { value: number | undefined; param: string } {
  const newer = request.max_completion_tokens ?? undefined;
  if (newer !== undefined) return { value: newer, param: 'max_completion_tokens' };
  return { value: request.max_tokens ?? undefined, param: 'max_tokens' };
}

/** Whoever counts thinking in tokens, as Anthropic and OpenRouter do, has counted it among the answer's already. */
export function isWithinLimit(request: ChatRequest, budget: number): boolean {
  const limit = outputTokens(request).value ?? 0;
  return request.reasoning?.max_tokens !== undefined && limit > budget;
}

export function stopSequences(request: ChatRequest): string[] {
  const stop = request.stop ?? [];
  return (typeof stop === 'string' ? [stop] : stop).filter((sequence) => sequence !== '');
}

/** For a provider that takes only so many: it gets the first of them, and the router does the rest. */
export function dealStops(sequences: readonly string[], most: number): { native: string[]; rest: string[] } {
  return { native: sequences.slice(0, most), rest: sequences.slice(most) };
}

function lostFields(request: ChatRequest, honoured: ReadonlySet<string>): string[] {
  return Object.keys(request).filter((param) => {
    if (honoured.has(param)) return false;
    const value = valueOf(request, param) ?? undefined;
    return value !== undefined && !SILENT.get(param)?.(value, request);
  });
}

function valueOf(request: ChatRequest, param: string): unknown {
  return (request as unknown as Record<string, unknown>)[param];
}

/** A map, because field names come from the client, and `constructor` is one too. */
function rules(byField: Record<string, Rule>): ReadonlyMap<string, Rule> {
  return new Map(Object.entries(byField));
}
