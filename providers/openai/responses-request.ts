/** A chat request for the Responses API: OpenAI's newer models take tools while they reason only there. */
import type {
  ResponseCreateParams,
  ResponseCreateParamsBase,
  ResponseTextConfig,
} from 'openai/resources/responses/responses';
import type { ChatRequest } from '../../src/core/chat.ts';
import type { Call, Emulation, Warning } from '../../src/core/provider.ts';
import { hidesReasoning, type Effort } from '../shared/effort.ts';
import { ignoredFields, outputTokens, refuseUnsayable, stopSequences } from '../shared/fields.ts';
import { requireJsonSchema } from '../shared/format.ts';
import { mergeNative } from '../shared/merge.ts';
import { record } from '../shared/refusal.ts';
import { hasResponses } from './endpoint.ts';
import { fitEffort, refusedSampling, shortUser } from './fit.ts';
import { toInput } from './responses-input.ts';
import { toToolChoice, toTools } from './responses-tools.ts';

/** Called the same in both APIs. */
const SAME_NAME = [
  'metadata',
  'safety_identifier',
  'user',
  'prompt_cache_key',
  'prompt_cache_retention',
  'prompt_cache_options',
  'service_tier',
  'parallel_tool_calls',
  'temperature',
  'top_p',
  'top_logprobs',
  'moderation',
] as const satisfies readonly (keyof ChatRequest)[];

/** Said under another name, or done by the router. */
const TRANSLATED = ['store', 'reasoning_effort', 'reasoning', 'verbosity', 'response_format', 'logprobs'];
const TRANSLATED_TOO = ['web_search_options', 'stop', 'n'];
/** Nothing is stored there, so reasoning must travel with us. */
export const ENCRYPTED = 'reasoning.encrypted_content';
const LOGPROBS = 'message.output_text.logprobs';
/** The Responses API refuses less. */
export const LEAST_OUTPUT_TOKENS = 16;

export interface ResponsesTranslation {
  body: ResponseCreateParams;
  warnings: Warning[];
  emulate: Emulation;
}

/** Whether chat cannot say this request to this model. */
export function needsResponses({ request, capabilities, endpoint }: Call): boolean {
  if (!capabilities.toolsNeedResponses || !hasResponses(endpoint)) return false;
  if (request.tools?.length || request.functions?.length || request.web_search_options) return true;
  const effort = request.reasoning_effort ?? request.reasoning?.effort;
  return effort === 'max' && capabilities.efforts.includes('max'); // Chat ends at `xhigh`.
}

export function toResponses(call: Call): ResponsesTranslation {
  const { request } = call;
  const { effort, honoured, warnings } = fitFields(call);
  const { input, warnings: lost } = toInput(call);
  const emulate = toEmulation(request);
  const body: ResponseCreateParamsBase = {
    model: call.providerModel,
    input,
    ...sameFields(request, honoured),
    ...shortUser(request),
    ...toOutputTokens(request).field,
    ...toReasoning(request, effort),
    ...toText(request),
    ...toToolFields(request),
    ...(request.stream && toStream(request)),
    include: wantsLogprobs(request, honoured) ? [ENCRYPTED, LOGPROBS] : [ENCRYPTED],
    store: request.store ?? false, // Left out it would mean true: thirty days.
  };
  return {
    body: mergeNative({ ...body }, request.extra_body?.openai) as ResponseCreateParams,
    warnings: [...warnings, ...lost, ...emulated(emulate)],
    emulate,
  };
}

/** What this model takes of the request, and what becomes of the rest. Throws `unsupported` for what must not be dropped. */
export function fitFields(call: Call): {
  effort: Effort | undefined;
  honoured: ReadonlySet<string>;
  refused: readonly string[];
  warnings: Warning[];
} {
  const { request } = call;
  const { effort, warnings } = fitEffort(call);
  const refused = refusedSampling(call, effort);
  const honoured = honouredFields(refused);
  refuseUnsayable(request, honoured);
  return {
    effort,
    honoured,
    refused,
    warnings: [...warnings, ...toOutputTokens(request).warnings, ...ignoredFields(request, honoured)],
  };
}

function honouredFields(refused: readonly string[]): ReadonlySet<string> {
  const honoured = new Set<string>([...SAME_NAME, ...TRANSLATED, ...TRANSLATED_TOO]);
  for (const field of refused) honoured.delete(field);
  return honoured;
}

function sameFields(
  request: ChatRequest,
  honoured: ReadonlySet<string>,
): Pick<ResponseCreateParamsBase, (typeof SAME_NAME)[number]> {
  const said = SAME_NAME.filter((field) => honoured.has(field) && (request[field] ?? undefined) !== undefined);
  return Object.fromEntries(said.map((field) => [field, request[field]]));
}

function toOutputTokens(request: ChatRequest): { field: { max_output_tokens?: number }; warnings: Warning[] } {
  const { value, param } = outputTokens(request);
  if (value === undefined) return { field: {}, warnings: [] };
  if (value >= LEAST_OUTPUT_TOKENS) return { field: { max_output_tokens: value }, warnings: [] };
  const note = `raised to ${LEAST_OUTPUT_TOKENS}`;
  return { field: { max_output_tokens: LEAST_OUTPUT_TOKENS }, warnings: [{ param, action: 'changed', note }] };
}

/** A summary only for who speaks of `reasoning`: OpenAI gives it to verified organisations alone, others get a 400. */
function toReasoning(request: ChatRequest, effort: Effort | undefined): Pick<ResponseCreateParamsBase, 'reasoning'> {
  const wantsSummary = record(request.reasoning) !== undefined && !hidesReasoning(request) && effort !== 'none';
  if (effort === undefined && !wantsSummary) return {};
  return { reasoning: { ...(effort !== undefined && { effort }), ...(wantsSummary && { summary: 'auto' }) } };
}

function toText({ response_format: format, verbosity }: ChatRequest): { text?: ResponseTextConfig } {
  const isPlain = !format || format.type === 'text';
  if (isPlain && !verbosity) return {};
  return { text: { ...(!isPlain && { format: toFormat(format) }), ...(verbosity && { verbosity }) } };
}

function toFormat(format: NonNullable<ChatRequest['response_format']>): NonNullable<ResponseTextConfig['format']> {
  if (format.type !== 'json_schema') return format;
  requireJsonSchema(format);
  const { schema = {}, ...named } = format.json_schema;
  return { type: 'json_schema', ...named, schema };
}

function toToolFields(request: ChatRequest) {
  const tools = toTools(request);
  const choice = toToolChoice(request);
  return { ...(tools.length > 0 && { tools }), ...(choice !== undefined && { tool_choice: choice }) };
}

function toStream({ stream_options: options }: ChatRequest) {
  const obfuscation = options?.include_obfuscation;
  return { stream: true, ...(obfuscation !== undefined && { stream_options: { include_obfuscation: obfuscation } }) };
}

function wantsLogprobs(request: ChatRequest, honoured: ReadonlySet<string>): boolean {
  return request.logprobs === true && honoured.has('logprobs');
}

/** The Responses API gives one answer and knows no stop sequences. */
function toEmulation(request: ChatRequest): Emulation {
  const stop = stopSequences(request);
  return { ...(stop.length > 0 && { stop }), ...((request.n ?? 1) > 1 && { copies: request.n ?? 1 }) };
}

function emulated(emulate: Emulation): Warning[] {
  return [
    ...(emulate.stop ? [{ param: 'stop', action: 'emulated' as const }] : []),
    ...(emulate.copies ? [{ param: 'n', action: 'emulated' as const }] : []),
  ];
}
