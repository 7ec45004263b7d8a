import type { ChatRequest } from '../../src/core/chat.ts';
import type { Call, Emulation, Warning } from '../../src/core/provider.ts';
import { toConversation, type TextBlock } from '../shared/conversation.ts';
import { ignoredFields, outputTokens, refuseUnsayable, stopSequences } from '../shared/fields.ts';
import { jsonFormat, jsonInstruction } from '../shared/format.ts';
import { mergeNative } from '../shared/merge.ts';
import { compileSchema } from '../shared/schema.ts';
import { customWarnings } from '../shared/tools.ts';
import { changed, dropped, emulated, type MessagesBody, type Part } from './body.ts';
import { settleMarks, toAutomaticCaching } from './cache.ts';
import { toMessages, toText } from './messages.ts';
import { toThinking, type ThinkingPart } from './reasoning.ts';
import { REASONING_FORMAT } from './response.ts';
import { planTools, toTools } from './tools.ts';

/** Without a stream a long answer runs into time limits on the way. */
const UNARY_TOKENS = 16_384;

/** What is said here or next door, or warned of there; on top of what every dialect reads. */
const HONOURED: ReadonlySet<string> = new Set([
  'stop',
  'n',
  'temperature',
  'top_p',
  'top_k',
  'parallel_tool_calls',
  'response_format',
  'reasoning_effort',
  'reasoning',
  'thinking',
  'web_search_options',
  'service_tier',
]);

export interface Asked {
  body: Record<string, unknown>;
  warnings: Warning[];
  emulate: Emulation;
  customNames: ReadonlySet<string>;
}

export function toAnthropic(call: Call): Asked {
  const { request } = call;
  refuseUnsayable(request, HONOURED);
  const { system, turns, warnings } = toConversation(call, { reasoningFormat: REASONING_FORMAT });
  const said = toMessages(call, turns);
  const plan = planTools(request);
  const thinking = toThinking(call, { turns, forced: plan.mode === 'required' });
  const parts: Part[] = [
    thinking,
    toSampling(call, thinking.on),
    toStop(call),
    toTools(call, plan, { turns, thinking: thinking.on }),
    toFormat(call),
    toAutomaticCaching(request),
    toService(request),
    toCopies(request),
  ];
  const tokens = toMaxTokens(call, thinking);
  const prompt = [...system, ...parts.flatMap(instructions)].map(toText);
  const body: MessagesBody = {
    model: call.providerModel,
    max_tokens: tokens.value,
    ...(request.stream && { stream: true }),
    ...(prompt.length > 0 && { system: prompt }),
    ...mergeFields(parts),
    messages: said.messages,
  };
  const settled = settleMarks(body);
  return {
    body: mergeNative({ ...body }, request.extra_body?.['anthropic']),
    warnings: [
      ...warnings,
      ...said.warnings,
      ...tokens.warnings,
      ...parts.flatMap((part) => part.warnings ?? []),
      ...customWarnings(plan),
      ...settled,
      ...ignoredFields(request, HONOURED),
    ],
    emulate: Object.assign({}, ...parts.map((part) => part.emulate)),
    customNames: plan.customNames,
  };
}

function instructions({ says = [] }: Part): TextBlock[] {
  return says.map((text) => ({ type: 'text', text }));
}

/** Effort and format share `output_config`. */
function mergeFields(parts: readonly Part[]): Partial<MessagesBody> {
  const fields: Partial<MessagesBody> = Object.assign({}, ...parts.map((part) => part.fields));
  const output = Object.assign({}, ...parts.map((part) => part.fields?.output_config));
  return Object.keys(output).length > 0 ? { ...fields, output_config: output } : fields;
}

function toMaxTokens(call: Call, thinking: ThinkingPart): { value: number; warnings: Warning[] } {
  const cap = call.capabilities.outputTokens;
  const { value: asked, param } = outputTokens(call.request);
  const wanted = asked ?? (call.request.stream ? cap : Math.min(cap, UNARY_TOKENS));
  return {
    value: Math.min(wanted + thinking.budget, cap),
    warnings: wanted > cap ? [changed(param, `clamped to ${cap}`)] : [],
  };
}

/** Newer models answer 400 to sampling even at its default; all do while they think. */
function toSampling({ request, capabilities }: Call, thinking: boolean): Part {
  return capabilities.sampling === 'none' || thinking ? withoutSampling(request) : withSampling(request);
}

function withSampling({ temperature, top_p: topP, top_k: topK }: ChatRequest): Part {
  const warm = isNumber(temperature) && temperature !== 1;
  const cut = isNumber(topP) && topP < 1;
  const isClamped = warm && temperature > 1;
  return {
    fields: {
      ...(warm && { temperature: Math.min(temperature, 1) }),
      ...(cut && !warm && { top_p: topP }),
      ...(topK && { top_k: topK }),
    },
    warnings: [
      ...(isClamped ? [changed('temperature', 'clamped to 1')] : []),
      ...(cut && warm ? [dropped('top_p', 'not together with temperature')] : []),
    ],
  };
}

function withoutSampling({ temperature, top_p: topP, top_k: topK }: ChatRequest): Part {
  const lost = [
    ...(isNumber(temperature) && temperature !== 1 ? ['temperature'] : []),
    ...(isNumber(topP) && topP < 0.99 ? ['top_p'] : []), // Anthropic, too, takes 0.99 for the default.
    ...(topK ? ['top_k'] : []),
  ];
  return { warnings: lost.map((param) => dropped(param)) };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function toStop({ request, capabilities }: Call): Part {
  const asked = stopSequences(request);
  const sequences = asked.filter((sequence) => sequence.trim() !== ''); // Anthropic answers 400 to blanks.
  const warnings = sequences.length < asked.length ? [changed('stop', 'blank sequences are left out')] : [];
  if (sequences.length === 0) return { warnings };
  if (capabilities.stop) return { fields: { stop_sequences: sequences }, warnings };
  return { warnings: [...warnings, emulated('stop')], emulate: { stop: sequences } };
}

/** Natively only where the API holds the model to the schema; JSON without a schema has no native form. */
function toFormat({ request, capabilities }: Call): Part {
  const format = jsonFormat(request);
  if (!format) return {};
  const { schema } = format;
  const allowed = capabilities.structuredOutputWithTools || !(request.tools?.length || request.functions?.length);
  if (!schema || !capabilities.structuredOutput || !allowed) {
    return {
      says: [jsonInstruction(format)],
      warnings: [emulated('response_format')],
      emulate: { json: schema ? { schema } : {} },
    };
  }
  const compiled = compileSchema(schema, 'anthropic', 'response_format.json_schema.schema');
  const fields: Part['fields'] = { output_config: { format: { type: 'json_schema', schema: compiled.schema } } };
  if (compiled.moved.length === 0) return { fields };
  // `strict` promises what is not enforced there, so the router checks it.
  if (format.strict) return { fields, warnings: [emulated('response_format')], emulate: { json: { schema } } };
  return { fields, warnings: [changed('response_format', 'some keywords are only described to the model')] };
}

function toService(request: ChatRequest): Part {
  const user = request.safety_identifier ?? request.user;
  const tier = request.service_tier;
  const warnings: Warning[] = [];
  if (tier === 'priority') warnings.push(changed('service_tier', 'auto uses committed capacity'));
  else if (tier && tier !== 'auto' && tier !== 'default') warnings.push(dropped('service_tier'));
  return {
    fields: {
      ...(user && { metadata: { user_id: user } }),
      ...((tier === 'auto' || tier === 'priority') && { service_tier: 'auto' }),
      ...(tier === 'default' && { service_tier: 'standard_only' }),
    },
    warnings,
  };
}

function toCopies({ n }: ChatRequest): Part {
  return n && n > 1 ? { warnings: [emulated('n')], emulate: { copies: n } } : {};
}
