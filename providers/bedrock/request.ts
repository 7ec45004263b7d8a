import type { Call, Emulation, Warning } from '../../src/core/provider.ts';
import { toConversation, type TextBlock } from '../shared/conversation.ts';
import { ignoredFields, refuseUnsayable } from '../shared/fields.ts';
import { createToolNames, type ToolNames } from '../shared/ids.ts';
import { mergeNative } from '../shared/merge.ts';
import { customWarnings, namesIn, readTools } from '../shared/tools.ts';
import { emulated, type ConverseBody, type Part } from './body.ts';
import { cachePoint, withCachePoints, type Prompt } from './cache.ts';
import { toFormat } from './format.ts';
import { toMessages } from './messages.ts';
import { familyFor, reasoningFormat, type Family } from './model.ts';
import { toThinking } from './reasoning.ts';
import { toInference } from './sampling.ts';
import { toService } from './service.ts';
import { TOOL_NAME, toTools } from './tools.ts';

/** What this file and its neighbours say, or say with a warning of their own. */
const HONOURED: ReadonlySet<string> = new Set([
  'max_tokens',
  'max_completion_tokens',
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
  'service_tier',
]);

export interface Asked {
  body: Record<string, unknown>;
  warnings: Warning[];
  emulate: Emulation;
  family: Family;
  names: ToolNames;
  customNames: ReadonlySet<string>;
}

export function toConverse(call: Call): Asked {
  const { request } = call;
  refuseUnsayable(request, HONOURED);
  const family = familyFor(call);
  const { system, turns, warnings } = toConversation(replaying(call, family), {
    reasoningFormat: reasoningFormat(family),
    uniqueIds: true,
  });
  const plan = readTools(request);
  const names = createToolNames(namesIn(plan, turns), TOOL_NAME);
  const thinking = toThinking(call, family, { turns, forced: plan.mode === 'required' });
  const parts: Part[] = [
    thinking,
    toInference(call, family, thinking),
    toTools(call, plan, { family, turns, names, thinking: thinking.on }),
    toFormat(call),
    toService(call),
    request.n && request.n > 1 ? { warnings: [emulated('n')], emulate: { copies: request.n } } : {},
  ];
  const fields: NonNullable<Part['fields']> = Object.assign({}, ...parts.map((part) => part.fields));
  const prompt: Prompt = {
    tools: fields.toolConfig?.tools ?? [],
    system: [...toSystem(system, family), ...parts.flatMap((part) => part.says ?? []).map((text) => ({ text }))],
    messages: toMessages(turns, { call, family, names, documents: new Set(), warnings }),
  };
  const spoken = WITHOUT_SYSTEM.test(call.providerModel) ? foldSystem(prompt, warnings) : prompt;
  const cached = withCachePoints(spoken, request, family);
  return {
    body: mergeNative({ ...toBody(cached.prompt, fields, parts) }, request.extra_body?.bedrock),
    warnings: forHeader([
      ...warnings,
      ...parts.flatMap((part) => part.warnings ?? []),
      ...customWarnings(plan),
      ...cached.warnings,
      ...ignoredFields(request, HONOURED),
    ]),
    emulate: Object.assign({}, ...parts.map((part) => part.emulate)),
    family,
    names,
    customNames: plan.customNames,
  };
}

/** DeepSeek takes its own reasoning for the user's and refuses it. */
function replaying(call: Call, family: Family): Call {
  return family === 'deepseek' ? { ...call, omitReasoning: true } : call;
}

function toBody(
  { tools, system, messages }: Prompt,
  fields: NonNullable<Part['fields']>,
  parts: readonly Part[],
): ConverseBody {
  const additional: Record<string, unknown> = Object.assign({}, ...parts.map((part) => part.additional));
  return {
    ...(system.length > 0 && { system }),
    messages,
    ...fields,
    ...(tools.length > 0 && { toolConfig: { ...fields.toolConfig, tools } }),
    ...(Object.keys(additional).length > 0 && { additionalModelRequestFields: additional }),
  };
}

/** The oldest models on Bedrock: a system prompt is a 400. */
const WITHOUT_SYSTEM = /\btitan-|\bmistral-7b|\bmixtral-8x7b/;

function foldSystem(prompt: Prompt, warnings: Warning[]): Prompt {
  const { system, messages } = prompt;
  const [first, ...rest] = messages;
  if (!first || system.length === 0) return prompt;
  warnings.push({ param: 'messages', action: 'emulated', note: 'system text sent as user text' });
  const content = [...system.flatMap(({ text }) => (text ? [{ text }] : [])), ...(first.content ?? [])];
  return { ...prompt, system: [], messages: [{ ...first, content }, ...rest] };
}

function toSystem(blocks: readonly TextBlock[], family: Family): Prompt['system'] {
  return blocks.flatMap(({ text, cache }) => [{ text }, ...cachePoint(cache, family)]);
}

/** Warnings travel in a response header: each once, and in ASCII, though tool names are the client's. */
function forHeader(warnings: readonly Warning[]): Warning[] {
  const unique = new Map(warnings.map((warning) => [JSON.stringify(warning), warning]));
  return [...unique.values()].map((warning) =>
    warning.note === undefined ? warning : { ...warning, note: warning.note.replace(/[^\x20-\x7e]/g, '?') },
  );
}
