import type { ChatRequest } from '../../src/core/chat.ts';
import { mapped } from '../../src/core/lists.ts';
import type { Call, Emulation, Warning } from '../../src/core/provider.ts';
import { toConversation, type TextBlock } from '../shared/conversation.ts';
import { ignoredFields, outputTokens, refuseUnsayable, stopSequences } from '../shared/fields.ts';
import { jsonFormat, jsonInstruction } from '../shared/format.ts';
import { mergeNative } from '../shared/merge.ts';
import { compileSchema } from '../shared/schema.ts';
import { customWarnings } from '../shared/tools.ts';
import { changed, dropped, emulated, type Draft, type MessagesBody } from './body.ts';
import { addAutomaticCaching, settleMarks } from './cache.ts';
import { toMessages, toText } from './messages.ts';
import { toThinking, type Thinking } from './reasoning.ts';
import { REASONING_FORMAT } from './response.ts';
import { addTools, planTools } from './tools.ts';

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

const RULES = { reasoningFormat: REASONING_FORMAT, uniqueIds: true };

export interface Asked {
  body: Record<string, unknown>;
  warnings: Warning[];
  emulate: Emulation;
  customNames: ReadonlySet<string>;
}

export function toAnthropic(call: Call): Asked {
  const { request } = call;
  refuseUnsayable(request, HONOURED);
  const { system, turns, warnings } = toConversation(call, RULES);
  const messages = toMessages(call, turns, warnings);
  const plan = planTools(request);
  const thinking = toThinking(call, { turns, forced: plan.mode === 'required' });
  const body: MessagesBody = {
    model: call.providerModel,
    max_tokens: toMaxTokens(call, thinking.budget, warnings),
    messages,
  };
  if (request.stream) body.stream = true;
  const draft: Draft = { body, says: [], warnings, emulate: {} };
  addThinking(draft, thinking);
  addSampling(draft, call, thinking.on);
  addStop(draft, call);
  addTools(draft, call, { plan, turns, thinking: thinking.on });
  addFormat(draft, call);
  addAutomaticCaching(draft, request);
  addService(draft, request);
  addCopies(draft, request);
  addSystem(draft, system);
  warnings.push(...customWarnings(plan));
  settleMarks(draft);
  warnings.push(...ignoredFields(request, HONOURED));
  return {
    body: mergeNative({ ...body }, request.extra_body?.['anthropic']),
    warnings,
    emulate: draft.emulate,
    customNames: plan.customNames,
  };
}

function addSystem({ body, says }: Draft, system: readonly TextBlock[]): void {
  const prompt = mapped(system, toText);
  for (const text of says) prompt.push({ type: 'text', text });
  if (prompt.length > 0) body.system = prompt;
}

function addThinking({ body, warnings }: Draft, thinking: Thinking): void {
  Object.assign(body, thinking.fields);
  if (thinking.warnings) warnings.push(...thinking.warnings);
}

/** `budget` is for thinking, which Anthropic counts among the answer's tokens. */
export function toMaxTokens(call: Call, budget: number, warnings: Warning[]): number {
  const cap = call.capabilities.outputTokens;
  const { value: asked, param } = outputTokens(call.request);
  const wanted = asked ?? (call.request.stream ? cap : Math.min(cap, UNARY_TOKENS));
  if (wanted > cap) warnings.push(changed(param, `clamped to ${cap}`));
  return Math.min(wanted + budget, cap);
}

/** Newer models answer 400 to sampling even at its default; all do while they think. */
export function addSampling(draft: Draft, { request, capabilities }: Call, thinking: boolean): void {
  if (capabilities.sampling === 'none' || thinking) refuseSampling(draft, request);
  else takeSampling(draft, request);
}

function takeSampling({ body, warnings }: Draft, { temperature, top_p: topP, top_k: topK }: ChatRequest): void {
  const warm = isNumber(temperature) && temperature !== 1;
  const cut = isNumber(topP) && topP < 1;
  if (warm) body.temperature = Math.min(temperature, 1);
  if (cut && !warm) body.top_p = topP;
  if (topK) body.top_k = topK;
  if (warm && temperature > 1) warnings.push(changed('temperature', 'clamped to 1'));
  if (cut && warm) warnings.push(dropped('top_p', 'not together with temperature'));
}

function refuseSampling({ warnings }: Draft, { temperature, top_p: topP, top_k: topK }: ChatRequest): void {
  if (isNumber(temperature) && temperature !== 1) warnings.push(dropped('temperature'));
  if (isNumber(topP) && topP < 0.99) warnings.push(dropped('top_p')); // Anthropic, too, takes 0.99 for the default.
  if (topK) warnings.push(dropped('top_k'));
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function addStop({ body, warnings, emulate }: Draft, { request, capabilities }: Call): void {
  const asked = stopSequences(request);
  if (asked.length === 0) return;
  const sequences = asked.filter((sequence) => sequence.trim() !== ''); // Anthropic answers 400 to blanks.
  if (sequences.length < asked.length) warnings.push(changed('stop', 'blank sequences are left out'));
  if (sequences.length === 0) return;
  if (capabilities.stop) {
    body.stop_sequences = sequences;
  } else {
    warnings.push(emulated('stop'));
    emulate.stop = sequences;
  }
}

/** Natively only where the API holds the model to the schema; JSON without a schema has no native form. */
function addFormat(draft: Draft, { request, capabilities }: Call): void {
  const format = jsonFormat(request);
  if (!format) return;
  const { body, says, warnings, emulate } = draft;
  const { schema } = format;
  const allowed = capabilities.structuredOutputWithTools || !(request.tools?.length || request.functions?.length);
  if (!schema || !capabilities.structuredOutput || !allowed) {
    says.push(jsonInstruction(format));
    warnings.push(emulated('response_format'));
    emulate.json = schema ? { schema } : {};
    return;
  }
  const compiled = compileSchema(schema, 'anthropic', 'response_format.json_schema.schema');
  // Effort and format share `output_config`.
  body.output_config = { ...body.output_config, format: { type: 'json_schema', schema: compiled.schema } };
  if (compiled.moved.length === 0) return;
  if (format.strict) {
    // `strict` promises what is not enforced there, so the router checks it.
    warnings.push(emulated('response_format'));
    emulate.json = { schema };
  } else {
    warnings.push(changed('response_format', 'some keywords are only described to the model'));
  }
}

export function addService({ body, warnings }: Draft, request: ChatRequest): void {
  const user = request.safety_identifier ?? request.user;
  const tier = request.service_tier;
  if (tier === 'priority') warnings.push(changed('service_tier', 'auto uses committed capacity'));
  else if (tier && tier !== 'auto' && tier !== 'default') warnings.push(dropped('service_tier'));
  if (user) body.metadata = { user_id: user };
  if (tier === 'auto' || tier === 'priority') body.service_tier = 'auto';
  if (tier === 'default') body.service_tier = 'standard_only';
}

function addCopies({ warnings, emulate }: Draft, { n }: ChatRequest): void {
  if (!n || n <= 1) return;
  warnings.push(emulated('n'));
  emulate.copies = n;
}
