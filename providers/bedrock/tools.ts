import type { Tool, ToolChoice } from '@aws-sdk/client-bedrock-runtime';
import { GatewayError } from '../../src/core/errors.ts';
import type { Call, Warning } from '../../src/core/provider.ts';
import type { Turn } from '../shared/conversation.ts';
import { toolInstruction } from '../shared/format.ts';
import type { ToolNames } from '../shared/ids.ts';
import { toInputSchema } from '../shared/input-schema.ts';
import { compileSchema } from '../shared/schema.ts';
import { schemaParam, toolsFromHistory, type ToolPlan, type ToolSpec } from '../shared/tools.ts';
import { changed, dropped, emulated, type Part } from './body.ts';
import { cachePoint } from './cache.ts';
import { isNova, type Family } from './model.ts';
import type { Wire } from './wire.ts';

/** More characters, or others, are a 400. */
export const TOOL_NAME = /^[\w-]{1,64}$/;

export interface ToolsContext {
  family: Family;
  turns: readonly Turn[];
  names: ToolNames;
  /** Thinking is switched on: Claude then refuses to be forced. */
  thinking: boolean;
}

/** Claude before 4.5 does not know the switch. */
const CLAUDE_WITHOUT_PARALLEL_SWITCH = /claude-(?:3|v2|instant|(?:opus|sonnet)-4-(?:1|2025))/;

const NO_CALLS = 'Do not call any tool. Answer in text.';

type WireTool = Wire<Tool>;

export function toTools(call: Call, plan: ToolPlan, context: ToolsContext): Part {
  const offered = plan.allowed ? plan.tools.filter(({ name }) => plan.allowed?.includes(name)) : plan.tools;
  const past = toolsFromHistory(context.turns);
  if (offered.length === 0 || plan.mode === 'none') return toSilentTools(call, offered, { ...context, past });
  requireTools(call);
  const warnings: Warning[] = [];
  const { toolChoice, ...choice } = toChoice(call, plan, context);
  // Forcing any tool forces this one if it is alone.
  const specs = toolChoice?.any && plan.name ? offered.filter(({ name }) => name === plan.name) : offered;
  const tools = specs.flatMap((spec) => toTool(spec, call, { ...context, warnings }));
  return {
    ...choice,
    fields: { toolConfig: { tools, ...(toolChoice && { toolChoice }) } },
    warnings: [...warnings, ...(choice.warnings ?? [])],
  };
}

/** Converse has no `none`. It wants the tools defined that a history speaks of; without such a history they stay away. */
function toSilentTools(call: Call, offered: ToolSpec[], context: ToolsContext & { past: ToolSpec[] }): Part {
  const { past } = context;
  if (past.length === 0) return {};
  requireTools(call);
  const warnings: Warning[] = offered.length > 0 ? [emulated('tool_choice')] : [];
  const specs = offered.length > 0 ? offered : past;
  return {
    fields: { toolConfig: { tools: specs.flatMap((spec) => toTool(spec, call, { ...context, warnings })) } },
    says: [NO_CALLS],
    warnings,
  };
}

function requireTools({ capabilities, providerModel }: Call): void {
  if (capabilities.tools) return;
  throw new GatewayError('unsupported', `${providerModel} cannot call tools`, { param: 'tools' });
}

function toTool(spec: ToolSpec, call: Call, context: ToolsContext & { warnings: Warning[] }): WireTool[] {
  const { schema, strict } = spec.custom
    ? { schema: FREE_TEXT, strict: false }
    : toSchema(spec, call, context.warnings);
  const tool = {
    toolSpec: {
      name: context.names.toProvider(spec.name),
      ...(spec.description?.trim() && { description: spec.description }), // Blank is refused.
      inputSchema: { json: schema },
      ...(strict && { strict }),
    },
  };
  // Nova keeps its tools in the cache with the messages and refuses a point of their own.
  const points = isNova(context.family) ? [] : cachePoint(spec.cache, context.family);
  return [tool as WireTool, ...points];
}

/** OpenAI's custom tools take text; these models' take objects. */
const FREE_TEXT = {
  type: 'object',
  properties: { input: { type: 'string' } },
  required: ['input'],
  additionalProperties: false,
};

function toSchema(spec: ToolSpec, { capabilities }: Call, warnings: Warning[]) {
  const { schema, notes } = toInputSchema(spec.parameters);
  for (const note of notes) warnings.push(changed('tools', `${spec.name}: ${note}`));
  if (!spec.strict) return { schema, strict: false };
  if (!capabilities.strictTools) {
    warnings.push(dropped('tools', `${spec.name}: strict`));
    return { schema, strict: false };
  }
  const compiled = compileSchema(schema, 'bedrock', schemaParam(spec));
  if (compiled.moved.length > 0) warnings.push(changed('tools', `${spec.name}: some keywords are only described`));
  return { schema: compiled.schema, strict: true };
}

type Choice = Part & { toolChoice?: Wire<ToolChoice> };

/** `auto` is the default and need not be said; some models refuse to hear it. */
function toChoice(call: Call, plan: ToolPlan, { family, names, thinking }: ToolsContext): Choice {
  const isRequired = plan.mode === 'required';
  const wanted = plan.name === undefined ? undefined : names.toProvider(plan.name);
  const canForce = call.capabilities.forcedToolChoice && !(family === 'claude' && thinking);
  const asked: Part = isRequired && !canForce ? emulateForce(plan, names) : {};
  const forced: Choice = isRequired && canForce ? { toolChoice: toToolChoice(wanted, family) } : {};
  if (isSingle(plan, asked) && family === 'claude' && !CLAUDE_WITHOUT_PARALLEL_SWITCH.test(call.providerModel)) {
    return { ...asked, additional: { tool_choice: toSingleCall(wanted, isRequired && canForce) } };
  }
  if (plan.parallel !== false) return { ...asked, ...forced };
  return { ...asked, ...forced, warnings: [...(asked.warnings ?? []), dropped('parallel_tool_calls')] };
}

/** Also where one tool must be called and cannot be forced: a single call can be checked for it. */
function isSingle({ parallel, name }: ToolPlan, { emulate }: Part): boolean {
  return parallel === false || (emulate !== undefined && name !== undefined);
}

function emulateForce({ name }: ToolPlan, names: ToolNames): Part {
  return {
    says: [toolInstruction(name === undefined ? undefined : names.toProvider(name))],
    warnings: [emulated('tool_choice')],
    emulate: { toolRequired: name === undefined ? {} : { name } },
  };
}

/** Only Claude and Nova can be told which. */
function toToolChoice(name: string | undefined, family: Family): Wire<ToolChoice> {
  return name !== undefined && (family === 'claude' || isNova(family)) ? { tool: { name } } : { any: {} };
}

/** Claude's own choice, whole: Converse refuses it beside a choice in `toolConfig`. */
function toSingleCall(name: string | undefined, forced: boolean) {
  const type = forced ? (name === undefined ? 'any' : 'tool') : 'auto';
  return { type, ...(type === 'tool' && { name }), disable_parallel_tool_use: true };
}
