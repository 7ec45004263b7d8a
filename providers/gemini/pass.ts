/**
 * Whether the client's own words go to Gemini as they are. They do wherever this model takes them: what only Google
 * understands is in no canonical request, and Google is the better judge of the rest.
 */
import type { Call, Emulation, Warning } from '../../src/core/provider.ts';
import { parseJson, record } from '../shared/refusal.ts';

export interface Translated {
  warnings: readonly Warning[];
  emulate?: Emulation;
}

/** What models differ in. Of a schema or a history that Google knows, our own reservations say nothing. */
const DECIDING: ReadonlySet<string> = new Set([
  'temperature',
  'top_p',
  'top_k',
  'frequency_penalty',
  'presence_penalty',
  'max_tokens',
  'seed',
  'reasoning_effort',
  'service_tier',
]);

/** Undefined where the model needs it said otherwise, as its translation tells. Throws `unsupported` as that does. */
export function passedOn(call: Call, translated: (call: Call) => Translated): string | undefined {
  const { original } = call;
  if (original?.wire !== 'gemini' || call.omitReasoning) return undefined;
  // What Google fetches of its own clients' addresses is for Google to say.
  const { warnings, emulate = {} } = translated({ ...call, capabilities: { ...call.capabilities, remoteMedia: true } });
  const { copies: _, json: __, ...others } = emulate; // It has several answers and schemas of its own.
  if (Object.keys(others).length > 0) return undefined;
  if (warnings.some(({ param, action }) => action !== 'emulated' && DECIDING.has(param))) return undefined;
  const { text } = original;
  if (!takesFormat(call) || !takesThinking(call, text) || !isSigned(call, text)) return undefined;
  return call.endpoint.settings.project ? forVertex(call, text) : forStudio(call, text);
}

/** As it is, whatever the model: nobody else can serve it. */
export function passedAnyway({ original }: Call): string | undefined {
  return original?.wire === 'gemini' && original.only !== undefined ? withoutModel(original.text) : undefined;
}

/** Gemini 2.5 has its JSON mode only without tools. */
function takesFormat({ request, capabilities }: Call): boolean {
  if (!request.response_format) return true;
  const hasTools = Boolean(request.tools?.length ?? request.web_search_options);
  return capabilities.structuredOutput && (capabilities.structuredOutputWithTools || !hasTools);
}

const SHOWS_THOUGHTS = /"include_?[tT]houghts"\s*:\s*true/;

/** Levels are 3's and later, which take a budget too, but not one of zero. Thoughts of a model without any are a 400. */
function takesThinking({ request, capabilities }: Call, text: string): boolean {
  const { reasoning_effort: effort, reasoning } = request;
  if (capabilities.reasoning === 'thinking_level') return effort !== 'none';
  const isBudget = !effort || effort === 'none' || reasoning?.max_tokens !== undefined;
  if (capabilities.reasoning === 'thinking_budget') return isBudget;
  return !effort && !reasoning && !SHOWS_THOUGHTS.test(text);
}

const SIGNATURE = /"thought_?[sS]ignature"/g;

/** Gemini 3 wants every step's signature; what a client has lost, the router remembers or has a word for. */
function isSigned({ request, capabilities }: Call, text: string): boolean {
  if (capabilities.reasoning !== 'thinking_level') return true;
  const steps = request.messages.filter((message) => message.role === 'assistant' && message.tool_calls?.length);
  return (text.match(SIGNATURE) ?? []).length >= steps.length;
}

/** AI Studio has no labels. */
function forStudio({ request }: Call, text: string): string | undefined {
  return request.metadata ? undefined : withoutModel(text);
}

/** Vertex wants every role named, and before Gemini 3 no ids. */
function forVertex({ capabilities }: Call, text: string): string | undefined {
  const contents = record(JSON.parse(text))?.['contents'];
  const list: unknown[] = Array.isArray(contents) ? contents : [contents];
  if (!list.every((content) => typeof record(content)?.['role'] === 'string')) return undefined;
  return capabilities.reasoning === 'thinking_level' || !list.some(hasIds) ? withoutModel(text) : undefined;
}

function hasIds(content: unknown): boolean {
  const parts = record(content)?.['parts'];
  return (Array.isArray(parts) ? parts : [parts]).some((part) => {
    const { functionCall, function_call, functionResponse, function_response } = record(part) ?? {};
    const called = functionCall ?? function_call ?? functionResponse ?? function_response;
    return record(called)?.['id'] !== undefined;
  });
}

/** The path names the model; in the body it would be the router's name for it. */
function withoutModel(text: string): string {
  if (!text.includes('"model"')) return text; // As nearly always.
  const { model, ...rest } = record(parseJson(text)) ?? {};
  return model === undefined ? text : JSON.stringify(rest);
}
