import type { Tool, ToolChoice, ToolUnion, WebSearchTool20260318 } from '@anthropic-ai/sdk/resources/messages';
import type { ChatRequest } from '../../src/core/chat.ts';
import { GatewayError } from '../../src/core/errors.ts';
import type { Call, Warning } from '../../src/core/provider.ts';
import type { Turn } from '../shared/conversation.ts';
import { toolInstruction } from '../shared/format.ts';
import { toInputSchema } from '../shared/input-schema.ts';
import { compileSchema } from '../shared/schema.ts';
import { record, text } from '../shared/refusal.ts';
import { readTools, schemaParam, toolsFromHistory, type ToolPlan, type ToolSpec } from '../shared/tools.ts';
import { changed, dropped, emulated, type Draft } from './body.ts';
import { toCacheControl } from './cache.ts';

/** Anthropic's own tools carry the date of their version. */
const SERVER_TOOL = /_\d{8}$/;

export interface Tools extends ToolPlan {
  /** Run by Anthropic; passed on as the client wrote them. */
  server: ToolUnion[];
}

export function planTools(request: ChatRequest): Tools {
  if (!Array.isArray(request.tools)) return { ...readTools(request), server: [] };
  const server = request.tools.filter(isServerTool).map((tool) => ({ ...tool })) as unknown as ToolUnion[];
  return { ...readTools(request, isServerTool), server };
}

function isServerTool(tool: unknown): boolean {
  return SERVER_TOOL.test(text(record(tool)?.type) ?? '');
}

export interface ToolsContext {
  plan: Tools;
  turns: readonly Turn[];
  /** Thinking is switched on: Anthropic then refuses to force a call. */
  thinking: boolean;
}

export function addTools(draft: Draft, call: Call, { plan, turns, thinking }: ToolsContext): void {
  const search = toWebSearch(call.request);
  const offered = plan.allowed ? plan.tools.filter(({ name }) => plan.allowed?.includes(name)) : plan.tools;
  const isEmpty = offered.length + plan.server.length === 0 && !search;
  // The API wants the tools of earlier calls defined; no more calls may come of it.
  const specs = isEmpty ? toolsFromHistory(turns) : offered;
  if (isEmpty && specs.length === 0) return;
  if (!call.capabilities.tools) {
    throw new GatewayError('unsupported', `${call.providerModel} cannot call tools`, { param: 'tools' });
  }
  const { body, warnings } = draft;
  body.tools = [...specs.map((spec) => toTool(spec, call, warnings)), ...plan.server, ...(search ?? [])];
  if (call.request.web_search_options?.search_context_size) {
    warnings.push(dropped('web_search_options.search_context_size'));
  }
  if (isEmpty) body.tool_choice = { type: 'none' };
  else addToolChoice(draft, call, plan, thinking);
}

function toTool(spec: ToolSpec, { capabilities }: Call, warnings: Warning[]): Tool {
  const named = {
    name: spec.name,
    ...(spec.description && { description: spec.description }),
    ...(spec.cache && { cache_control: toCacheControl(spec.cache) }),
  };
  if (spec.custom) return { ...named, input_schema: FREE_TEXT };
  const { schema, notes } = toInputSchema(spec.parameters);
  for (const note of notes) warnings.push(changed('tools', `${printable(spec.name)}: ${note}`));
  if (!spec.strict) return { ...named, input_schema: schema };
  if (!capabilities.strictTools) {
    warnings.push(dropped('tools', `${printable(spec.name)}: strict`));
    return { ...named, input_schema: schema };
  }
  const compiled = compileSchema(schema, 'anthropic', schemaParam(spec));
  if (compiled.moved.length > 0) {
    warnings.push(changed('tools', `${printable(spec.name)}: not enforced: ${printable(compiled.moved.join(' '))}`));
  }
  return { ...named, strict: true, input_schema: { ...compiled.schema, type: 'object' } };
}

/** OpenAI's custom tools take text; Claude's take objects. */
const FREE_TEXT: Tool.InputSchema = {
  type: 'object',
  properties: { input: { type: 'string' } },
  required: ['input'],
  additionalProperties: false,
};

function addToolChoice(draft: Draft, { capabilities }: Call, plan: ToolPlan, thinking: boolean): void {
  const { body } = draft;
  const single = plan.parallel === false && { disable_parallel_tool_use: true };
  if (plan.mode === 'none') {
    body.tool_choice = { type: 'none' };
  } else if (plan.mode === 'auto') {
    if (plan.explicit || single) body.tool_choice = { type: 'auto', ...single };
  } else if (capabilities.forcedToolChoice && !thinking) {
    const forced: ToolChoice = plan.name ? { type: 'tool', name: plan.name } : { type: 'any' };
    body.tool_choice = { ...forced, ...single };
  } else {
    // A named tool is the only one that may be called, and a single call can be checked for it.
    const alone = plan.name !== undefined && { disable_parallel_tool_use: true };
    body.tool_choice = { type: 'auto', ...single, ...alone };
    draft.says.push(toolInstruction(plan.name));
    draft.warnings.push(emulated('tool_choice'));
    draft.emulate.toolRequired = plan.name ? { name: plan.name } : {};
  }
}

function toWebSearch({ web_search_options: options }: ChatRequest): WebSearchTool20260318[] | undefined {
  if (!options) return undefined;
  const where = options.user_location?.approximate;
  return [
    {
      type: 'web_search_20260318',
      name: 'web_search',
      ...(where && { user_location: { type: 'approximate', ...where } }),
    },
  ];
}

/** For response headers, which are ASCII. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 120);
}
