import type { ChatRequest } from '../../src/core/chat.ts';
import { GatewayError } from '../../src/core/errors.ts';
import type { Warning } from '../../src/core/provider.ts';
import { readCacheMark } from './cache.ts';
import type { CacheMark, Turn } from './conversation.ts';
import { record, text } from './refusal.ts';

export interface ToolSpec {
  name: string;
  /** Where it stands in the request, for errors; none for what only the history knows. */
  param?: string;
  description?: string;
  /** JSON Schema as the client wrote it. */
  parameters?: Record<string, unknown>;
  strict: boolean;
  /** OpenAI's free-text tool: give it one string parameter, `input`. */
  custom: boolean;
  cache?: CacheMark;
}

export interface ToolPlan {
  tools: ToolSpec[];
  mode: 'auto' | 'none' | 'required';
  /** The client sent a choice; otherwise `auto` is the default. */
  explicit: boolean;
  /** The one tool that must be called. */
  name?: string;
  /** Only these may be called. */
  allowed?: string[];
  /** Undefined where the client said nothing. */
  parallel?: boolean;
  /** Calls of these are answered as custom tool calls. */
  customNames: ReadonlySet<string>;
}

type Choice = Pick<ToolPlan, 'mode' | 'explicit' | 'name' | 'allowed'>;

const NO_NAMES: ReadonlySet<string> = new Set();

/** A tool that the provider runs itself, and takes as the client wrote it. */
type IsTheirs = (tool: unknown) => boolean;

const nobodys: IsTheirs = () => false;

/** Tools and the choice among them, in the new form or the old one (`functions`, `function_call`). */
export function readTools(request: ChatRequest, isTheirs: IsTheirs = nobodys): ToolPlan {
  if (!speaksOfTools(request)) return { tools: [], mode: 'auto', explicit: false, customNames: NO_NAMES };
  const tools = readSpecs(request, isTheirs);
  const names = new Set(tools.map((tool) => tool.name));
  if (names.size < tools.length) throw invalid('Two tools have the same name', 'tools');
  const parallel = request.parallel_tool_calls;
  const plan: ToolPlan = {
    tools,
    ...readChoice(request),
    ...(typeof parallel === 'boolean' && { parallel }),
    customNames: new Set(tools.filter((tool) => tool.custom).map((tool) => tool.name)),
  };
  requireKnown(plan, names, request.tool_choice ? 'tool_choice' : 'function_call');
  return plan;
}

/** Providers without free-text tools get one string argument, which is taken out again on the way back. */
export function customWarnings({ tools }: ToolPlan): Warning[] {
  return tools.flatMap(({ custom }, index) =>
    custom ? [{ param: `tools.${index}`, action: 'emulated' as const }] : [],
  );
}

/** Minimal specs for providers that refuse calls in the history of a request without tools. */
export function toolsFromHistory(turns: readonly Turn[]): ToolSpec[] {
  const specs: ToolSpec[] = [];
  const known = new Set<string>();
  for (const { blocks } of turns) {
    for (const block of blocks) {
      if (block.type !== 'tool_call' || known.has(block.name)) continue;
      const { name, custom } = block;
      known.add(name);
      specs.push({ name, parameters: { type: 'object', properties: {} }, strict: false, custom });
    }
  }
  return specs;
}

/** The field that a refusal of a tool's schema is about. */
export function schemaParam({ param }: ToolSpec): string {
  return param === undefined ? 'tools' : `${param}.parameters`;
}

/** Of the tools that are offered, and of those that were called. */
export function namesIn({ tools }: ToolPlan, turns: readonly Turn[]): Set<string> {
  const called = turns.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.type === 'tool_call' || block.type === 'tool_result' ? [block.name] : [])),
  );
  return new Set([...tools.map(({ name }) => name), ...called]);
}

function speaksOfTools(request: ChatRequest): boolean {
  const { tools, functions, tool_choice: choice, function_call: call, parallel_tool_calls: parallel } = request;
  return (tools ?? functions ?? choice ?? call ?? parallel ?? undefined) !== undefined;
}

function readSpecs(request: ChatRequest, isTheirs: IsTheirs): ToolSpec[] {
  if (request.tools?.length) {
    return list(request.tools, 'tools').flatMap((tool, index) => (isTheirs(tool) ? [] : [readTool(tool, index)]));
  }
  return list(request.functions ?? [], 'functions').map((entry, index) => {
    const legacy = record(entry) ?? {};
    return readFunction(legacy, legacy, `functions.${index}`);
  });
}

function readTool(entry: unknown, index: number): ToolSpec {
  const tool = record(entry) ?? {};
  const param = `tools.${index}`;
  switch (tool['type']) {
    case 'function':
      return readFunction(record(tool['function']) ?? {}, tool, `${param}.function`);
    case 'custom':
      return readCustom(record(tool['custom']) ?? {}, tool, `${param}.custom`);
    default:
      throw new GatewayError('unsupported', 'Only function and custom tools can be translated', {
        param: `${param}.type`,
      });
  }
}

function readFunction(fields: Record<string, unknown>, tool: Record<string, unknown>, param: string): ToolSpec {
  const parameters = record(fields['parameters']);
  if (!parameters && fields['parameters'] !== undefined && fields['parameters'] !== null) {
    throw invalid('The parameters of a tool are a JSON Schema object', `${param}.parameters`);
  }
  return {
    ...readNames(fields, tool, param),
    ...(parameters && { parameters }),
    strict: fields['strict'] === true,
    custom: false,
  };
}

function readCustom(fields: Record<string, unknown>, tool: Record<string, unknown>, param: string): ToolSpec {
  const format = record(fields['format']);
  if (format && format['type'] !== 'text') {
    throw new GatewayError('unsupported', 'This provider cannot hold a tool to a grammar', {
      param: `${param}.format`,
    });
  }
  return { ...readNames(fields, tool, param), strict: false, custom: true };
}

function readNames(fields: Record<string, unknown>, tool: Record<string, unknown>, param: string) {
  const name = text(fields['name']);
  if (!name) throw invalid('A tool needs a name', `${param}.name`);
  const description = text(fields['description']);
  const cache = readCacheMark(tool) ?? readCacheMark(fields);
  return { name, param, ...(description && { description }), ...(cache && { cache }) };
}

function readChoice(request: ChatRequest): Choice {
  const choice = request.tool_choice ?? request.function_call ?? undefined;
  if (choice === undefined) return { mode: 'auto', explicit: false };
  if (choice === 'auto' || choice === 'none' || choice === 'required') return { mode: choice, explicit: true };
  const named = record(choice) ?? {};
  if (named['type'] === 'allowed_tools') return readAllowed(record(named['allowed_tools']) ?? {});
  const name = nameOf(named) ?? (request.tool_choice ? undefined : text(named['name']));
  if (name) return { mode: 'required', explicit: true, name };
  throw invalid('This choice of tools is not understood', request.tool_choice ? 'tool_choice' : 'function_call');
}

function readAllowed(allowedTools: Record<string, unknown>): Choice {
  const entries = list(allowedTools['tools'], 'tool_choice.allowed_tools.tools');
  const allowed = entries.map((entry) => nameOf(record(entry) ?? {}));
  if (allowed.length === 0 || !allowed.every((name) => name !== undefined)) {
    throw invalid('Each allowed tool is given by its name', 'tool_choice.allowed_tools.tools');
  }
  return { mode: allowedTools['mode'] === 'required' ? 'required' : 'auto', explicit: true, allowed };
}

/** `{"type":"function","function":{"name":…}}`, or the same with `custom`. */
function nameOf(choice: Record<string, unknown>): string | undefined {
  return text((record(choice['function']) ?? record(choice['custom']))?.['name']);
}

function requireKnown(plan: ToolPlan, names: ReadonlySet<string>, param: string): void {
  if (plan.mode === 'required' && names.size === 0) throw invalid('A tool must be called, but there are none', param);
  const unknown = [...(plan.name ? [plan.name] : []), ...(plan.allowed ?? [])].find((name) => !names.has(name));
  if (unknown !== undefined) throw invalid(`There is no tool named '${unknown.slice(0, 64)}'`, param);
}

function list(value: unknown, param: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw invalid('This must be a list', param);
}

function invalid(message: string, param: string): GatewayError {
  return new GatewayError('invalid_request', message, { param });
}
