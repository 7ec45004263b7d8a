import { GatewayError } from '../../src/core/errors.ts';
import type { Call, Emulation, Warning } from '../../src/core/provider.ts';
import { toolInstruction } from '../shared/format.ts';
import type { ToolNames } from '../shared/ids.ts';
import { compileSchema } from '../shared/schema.ts';
import { schemaParam, type ToolPlan, type ToolSpec } from '../shared/tools.ts';
import type { GeminiTool, GeminiToolConfig } from './wire.ts';

/** Google's rule for names; OpenAI's may also begin with a digit or a dash. */
export const TOOL_NAME = /^[A-Za-z_][\w.:-]{0,127}$/;

type Declaration = NonNullable<GeminiTool['functionDeclarations']>[number];
type Calling = NonNullable<GeminiToolConfig['functionCallingConfig']>;

export interface Tools {
  tools?: GeminiTool[];
  toolConfig?: GeminiToolConfig;
  /** For the system prompt, where the choice cannot be forced. */
  instruction?: string;
  toolRequired?: NonNullable<Emulation['toolRequired']>;
  warnings: Warning[];
}

export function toTools(call: Call, plan: ToolPlan, names: ToolNames): Tools {
  const searches = searchTools(call, plan);
  const warnings = searchWarnings(call);
  if (plan.tools.length === 0) return { ...(searches.length > 0 && { tools: searches }), warnings };
  const functionDeclarations = offeredTools(call, plan).map((tool) => toDeclaration(tool, names, warnings));
  const calling = toCalling(call, plan, names, warnings);
  if (plan.parallel === false && plan.mode !== 'none')
    warnings.push({ param: 'parallel_tool_calls', action: 'dropped' });
  const toolConfig: GeminiToolConfig = {
    ...(calling && { functionCallingConfig: calling }),
    // AI Studio wants it said that its own tools work beside functions; Vertex does not know the field.
    ...(searches.length > 0 && !call.endpoint.settings.project && { includeServerSideToolInvocations: true }),
  };
  return {
    tools: [{ functionDeclarations }, ...searches],
    ...(Object.keys(toolConfig).length > 0 && { toolConfig }),
    ...toEmulation(call, plan, names),
    warnings,
  };
}

/** Gemini can narrow a choice only where it forces one; otherwise the other tools are not offered. */
function offeredTools(call: Call, plan: ToolPlan): ToolSpec[] {
  const { allowed, tools } = plan;
  return allowed && !isForced(call, plan) ? tools.filter((tool) => allowed.includes(tool.name)) : tools;
}

function isForced(call: Call, plan: ToolPlan): boolean {
  return plan.mode === 'required' && call.capabilities.forcedToolChoice;
}

function toDeclaration(tool: ToolSpec, names: ToolNames, warnings: Warning[]): Declaration {
  const parametersJsonSchema = toParameters(tool, warnings);
  return {
    name: names.toProvider(tool.name),
    ...(tool.description && { description: tool.description }),
    ...(parametersJsonSchema && { parametersJsonSchema }),
  };
}

/** None at all for a function without arguments. */
function toParameters(tool: ToolSpec, warnings: Warning[]): Record<string, unknown> | undefined {
  if (tool.custom) return { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] };
  const { parameters } = tool;
  if (!parameters || (parameters['type'] === 'object' && isEmpty(parameters['properties']))) return undefined;
  const param = schemaParam(tool);
  const { schema, moved } = compileSchema(parameters, 'gemini', param);
  if (moved.length > 0) warnings.push({ param, action: 'changed', note: `described only: ${moved.join(', ')}` });
  return schema;
}

function isEmpty(properties: unknown): boolean {
  return Object.keys(properties ?? {}).length === 0;
}

function toCalling(call: Call, plan: ToolPlan, names: ToolNames, warnings: Warning[]): Calling | undefined {
  if (plan.mode === 'none') return { mode: 'NONE' };
  if (isForced(call, plan)) {
    const only = plan.name === undefined ? plan.allowed : [plan.name];
    return { mode: 'ANY', ...(only && { allowedFunctionNames: only.map((name) => names.toProvider(name)) }) };
  }
  const strict = plan.tools.findIndex((tool) => tool.strict);
  if (strict < 0) return undefined;
  if (call.capabilities.strictTools) return { mode: 'VALIDATED' };
  warnings.push({ param: `tools.${strict}.function.strict`, action: 'dropped' });
  return undefined;
}

function toEmulation(call: Call, plan: ToolPlan, names: ToolNames): Pick<Tools, 'instruction' | 'toolRequired'> {
  if (plan.mode !== 'required' || call.capabilities.forcedToolChoice) return {};
  const { name } = plan;
  if (name === undefined) return { instruction: toolInstruction(), toolRequired: {} };
  return { instruction: toolInstruction(names.toProvider(name)), toolRequired: { name } };
}

function searchTools(call: Call, plan: ToolPlan): GeminiTool[] {
  if (!call.request.web_search_options) return [];
  if (plan.tools.length === 0 || call.capabilities.reasoning === 'thinking_level') return [{ googleSearch: {} }];
  throw new GatewayError('unsupported', `${call.providerModel} cannot search and call functions in one request`, {
    param: 'web_search_options',
  });
}

/** Google searches from where and as much as it sees fit. */
function searchWarnings({ request }: Call): Warning[] {
  const options = request.web_search_options;
  return (['user_location', 'search_context_size'] as const)
    .filter((field) => options?.[field])
    .map((field) => ({ param: `web_search_options.${field}`, action: 'dropped' }));
}
