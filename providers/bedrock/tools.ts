import type { Tool } from '@aws-sdk/client-bedrock-runtime';
import { GatewayError } from '../../src/core/errors.ts';
import type { Call, Warning } from '../../src/core/provider.ts';
import type { Turn } from '../shared/conversation.ts';
import { toolInstruction } from '../shared/format.ts';
import { compileSchema } from '../shared/schema.ts';
import { toolsFromHistory, type ToolPlan, type ToolSpec } from '../shared/tools.ts';
import { changed, dropped, emulated, type Part } from './body.ts';
import { toInputSchema } from './input-schema.ts';
import { cachePoint } from './messages.ts';
import { isNova, type Family } from './model.ts';
import type { Wire } from './wire.ts';

export interface ToolsContext {
  family: Family;
  turns: readonly Turn[];
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
  const choice = toChoice(call, plan, context);
  const only = choice.only === undefined ? offered : offered.filter(({ name }) => name === choice.only);
  const tools = only.flatMap((spec) => toTool(spec, call, { family: context.family, warnings }));
  return {
    ...choice.part,
    fields: { toolConfig: { tools, ...choice.part.fields?.toolConfig } },
    warnings: [...warnings, ...(choice.part.warnings ?? [])],
  };
}

/** Converse has no `none`. It wants the tools defined that a history speaks of; without such a history they stay away. */
function toSilentTools(call: Call, offered: ToolSpec[], context: ToolsContext & { past: ToolSpec[] }): Part {
  const { past, family } = context;
  if (past.length === 0) return {};
  requireTools(call);
  const warnings: Warning[] = offered.length > 0 ? [emulated('tool_choice')] : [];
  const specs = offered.length > 0 ? offered : past;
  return {
    fields: { toolConfig: { tools: specs.flatMap((spec) => toTool(spec, call, { family, warnings })) } },
    says: [NO_CALLS],
    warnings,
  };
}

function requireTools({ capabilities, providerModel }: Call): void {
  if (capabilities.tools) return;
  throw new GatewayError('unsupported', `${providerModel} cannot call tools`, { param: 'tools' });
}

function toTool(spec: ToolSpec, call: Call, context: { family: Family; warnings: Warning[] }): WireTool[] {
  const { schema, strict } = spec.custom ? { schema: FREE_TEXT, strict: false } : toSchema(spec, call, context.warnings);
  const tool = {
    toolSpec: {
      name: spec.name,
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
  const { schema, loose } = toInputSchema(spec.parameters);
  if (loose) warnings.push(changed('tools', `${spec.name}: alternatives at the schema's root are merged`));
  if (!spec.strict) return { schema, strict: false };
  if (!capabilities.strictTools) {
    warnings.push(dropped('tools', `${spec.name}: strict`));
    return { schema, strict: false };
  }
  const compiled = compileSchema(schema, 'bedrock', 'tools');
  if (compiled.moved.length > 0) warnings.push(changed('tools', `${spec.name}: some keywords are only described`));
  return { schema: compiled.schema, strict: true };
}

interface Choice {
  part: Part;
  /** Forcing any tool forces this one if it is alone. */
  only?: string;
}

function toChoice(call: Call, plan: ToolPlan, { family, thinking }: ToolsContext): Choice {
  const canForce = call.capabilities.forcedToolChoice && !(family === 'claude' && thinking);
  const isForced = plan.mode === 'required' && canForce;
  const part = plan.parallel === false ? toSingle(call, family, isForced ? plan : {}) : {};
  if (plan.mode !== 'required') return { part: isSaid(part) ? part : { ...part } };
  if (!canForce) return { part: { ...part, ...asked(plan.name), warnings: [...(part.warnings ?? []), emulated('tool_choice')] } };
  if (isSaid(part)) return { part };
  const named = plan.name !== undefined && (family === 'claude' || isNova(family));
  const toolChoice = named ? { tool: { name: plan.name } } : { any: {} };
  const only = named || plan.name === undefined ? {} : { only: plan.name };
  return { part: { ...part, fields: { toolConfig: { tools: [], toolChoice } } }, ...only };
}
