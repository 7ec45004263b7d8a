import { GatewayError } from '../../src/core/errors.ts';
import type { Call, Emulation, Warning } from '../../src/core/provider.ts';
import { toConversation, type Conversation } from '../shared/conversation.ts';
import { ignoredFields, refuseUnsayable } from '../shared/fields.ts';
import { createToolNames, type ToolNames } from '../shared/ids.ts';
import { mergeNative } from '../shared/merge.ts';
import { customWarnings, namesIn, readTools } from '../shared/tools.ts';
import { REASONING_FORMAT, toContents } from './contents.ts';
import { toFormat, type Format } from './format.ts';
import { readDetails } from './media.ts';
import { toSampling, type Sampling } from './sampling.ts';
import { toThinking, type Thinking } from './thinking.ts';
import { TOOL_NAME, toTools, type Tools } from './tools.ts';
import type { GeminiConfig, GeminiContent, GeminiRequest } from './wire.ts';

const HONOURED: ReadonlySet<string> = new Set([
  'max_completion_tokens',
  'max_tokens',
  'temperature',
  'top_p',
  'top_k',
  'frequency_penalty',
  'presence_penalty',
  'seed',
  'stop',
  'n',
  'logprobs',
  'top_logprobs',
  'response_format',
  'parallel_tool_calls',
  'reasoning_effort',
  'reasoning',
  'service_tier',
  'modalities',
  'web_search_options',
]);

export interface Question {
  body: string;
  warnings: Warning[];
  emulate?: Emulation;
  names: ToolNames;
  customNames: ReadonlySet<string>;
}

export function toGemini(call: Call): Question {
  const { request } = call;
  refuseUnsayable(request, HONOURED);
  const plan = readTools(request);
  const conversation = toConversation(call, { reasoningFormat: REASONING_FORMAT, assistantMedia: true });
  const names = createToolNames(namesIn(plan, conversation.turns), TOOL_NAME);
  const tools = toTools(call, plan, names);
  const parts: Parts = {
    head: toHead(call, conversation, names),
    tools,
    format: toFormat(call, tools.tools !== undefined),
    sampling: toSampling(call),
    thinking: toThinking(call),
    tier: toTier(call),
  };
  const emulate = toEmulation(call, parts);
  const native = request.extra_body?.['gemini'] ?? request.extra_body?.['google'];
  return {
    body: JSON.stringify(mergeNative({ ...toBody(call, conversation, parts) }, native)),
    warnings: [
      ...conversation.warnings,
      ...ignoredFields(request, HONOURED),
      ...Object.values(parts).flatMap(({ warnings }) => warnings),
      ...customWarnings(plan),
      ...(emulate?.copies ? [{ param: 'n', action: 'emulated' } as const] : []),
    ],
    ...(emulate && { emulate }),
    names,
    customNames: plan.customNames,
  };
}

/** The request in pieces, each with its own warnings. */
interface Parts {
  head: Head;
  tools: Tools;
  format: Format;
  sampling: Sampling;
  thinking: Thinking;
  tier: { fields: Pick<GeminiRequest, 'serviceTier'>; warnings: Warning[] };
}

function toBody(call: Call, { system }: Conversation, parts: Parts): GeminiRequest {
  const { head, tools, format, sampling, thinking, tier } = parts;
  const instructions = [...system.map(({ text }) => text), tools.instruction, format.instruction];
  const systemParts = instructions.filter((text) => text !== undefined).map((text) => ({ text }));
  const generationConfig: GeminiConfig = {
    ...sampling.config,
    ...format.config,
    ...head.config,
    ...(thinking.config && { thinkingConfig: thinking.config }),
  };
  return {
    contents: head.contents,
    ...(systemParts.length > 0 && { systemInstruction: { parts: systemParts } }),
    ...(tools.tools && { tools: tools.tools }),
    ...(tools.toolConfig && { toolConfig: tools.toolConfig }),
    ...(Object.keys(generationConfig).length > 0 && { generationConfig }),
    ...tier.fields,
    ...toLabels(call),
  };
}

interface Head {
  contents: GeminiContent[];
  config: GeminiConfig;
  warnings: Warning[];
}

/** Contents, and what the messages and modalities ask of the whole. */
function toHead(call: Call, { turns }: Conversation, names: ToolNames): Head {
  const isNew = call.capabilities.reasoning === 'thinking_level';
  const details = readDetails(turns, isNew);
  const contents = toContents(turns, {
    call,
    names,
    isNew,
    takesIds: isNew || !call.endpoint.settings.project,
    eachItsOwnResolution: details.eachItsOwn,
  });
  const config: GeminiConfig = {
    ...toModalities(call),
    ...(details.resolution && { mediaResolution: details.resolution }),
  };
  return { contents, config, warnings: details.warnings };
}

function toEmulation({ request }: Call, { tools, format, sampling }: Parts): Emulation | undefined {
  const copies = request.n ?? 1;
  const emulate: Emulation = {
    ...(copies > 1 && { copies }),
    ...(sampling.stop && { stop: sampling.stop }),
    ...(format.json && { json: format.json }),
    ...(tools.toolRequired && { toolRequired: tools.toolRequired }),
  };
  return Object.keys(emulate).length > 0 ? emulate : undefined;
}

/** Images beside text is OpenRouter's word; only models made for it take it. Speech would come as raw PCM. */
function toModalities({ request }: Call): GeminiConfig {
  const wanted: readonly string[] = request.modalities ?? [];
  if (wanted.every((modality) => modality === 'text')) return {};
  if (wanted.some((modality) => modality !== 'text' && modality !== 'image')) {
    throw new GatewayError('unsupported', 'Gemini answers here in text and images only', { param: 'modalities' });
  }
  return { responseModalities: wanted.map((modality) => (modality === 'image' ? 'IMAGE' : 'TEXT')) };
}

function toTier({ request }: Call): Parts['tier'] {
  switch (request.service_tier ?? 'auto') {
    case 'auto':
      return { fields: {}, warnings: [] };
    case 'default':
      return { fields: { serviceTier: 'standard' }, warnings: [] };
    case 'flex':
      return { fields: { serviceTier: 'flex' }, warnings: [] };
    case 'priority':
    case 'fast':
      return { fields: { serviceTier: 'priority' }, warnings: [] };
    default:
      return { fields: {}, warnings: [{ param: 'service_tier', action: 'dropped' }] };
  }
}

/** Vertex puts labels on the bill; AI Studio has none. Google's labels are lower case and short. */
function toLabels({ request, endpoint }: Call): Pick<GeminiRequest, 'labels'> {
  const entries = Object.entries(request.metadata ?? {});
  if (!endpoint.settings.project || entries.length === 0) return {};
  return { labels: Object.fromEntries(entries.map(([key, value]) => [toLabel(key), toLabel(value)])) };
}

function toLabel(value: string): string {
  return value
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '_')
    .slice(0, 63);
}
