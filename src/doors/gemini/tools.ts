import type { ChatRequest, ChatTool } from '../../core/chat.ts';
import { type Findings, noteDropped, noteOnly } from './findings.ts';
import { toJsonSchema } from './json-schema.ts';
import type { GeminiBody, GeminiDeclaration, GeminiTool } from './schema.ts';

type Fields = Pick<ChatRequest, 'tools' | 'tool_choice' | 'web_search_options'>;

/** Google's search is a field in the canonical request; its other tools run at Google, and nowhere else. */
const SEARCHES = new Set(['googleSearch', 'googleSearchRetrieval']);

export function toTools({ tools: given, toolConfig }: GeminiBody, findings: Findings): Fields {
  const tools: ChatTool[] = [];
  let searches: string | undefined;
  for (const [index, tool] of (given ?? []).entries()) {
    const at = `tools.${index}`;
    for (const [number, one] of (tool.functionDeclarations ?? []).entries()) {
      tools.push(toTool(one, `${at}.functionDeclarations.${number}`, findings));
    }
    searches = readGoogles(tool, at, findings) ?? searches;
  }
  return {
    ...(tools.length > 0 && { tools }),
    ...(searches !== undefined && { web_search_options: findings.places.note({}, searches) }),
    ...(toolConfig && toChoice(toolConfig, tools, findings)),
  };
}

function toTool(declaration: GeminiDeclaration, at: string, findings: Findings): ChatTool {
  const { name, description, parameters, parametersJsonSchema, response, responseJsonSchema, behavior } = declaration;
  noteDropped(findings, at, { response, responseJsonSchema, behavior });
  const schema = parametersJsonSchema ?? (parameters ? toJsonSchema(parameters) : undefined);
  if (schema) findings.places.note(schema, `${at}.${parametersJsonSchema ? 'parametersJsonSchema' : 'parameters'}.*`);
  const described = { name, ...(description && { description }), ...(schema && { parameters: schema }) };
  return findings.places.note({ type: 'function', function: described }, at);
}

/** Where one of them is a search. */
function readGoogles(tool: GeminiTool, at: string, findings: Findings): string | undefined {
  let searches: string | undefined;
  for (const [name, options] of Object.entries(tool)) {
    if (name === 'functionDeclarations' || options === null || options === undefined) continue;
    if (SEARCHES.has(name)) {
      searches = `${at}.${name}`;
      noteDropped(findings, `${at}.${name}`, typeof options === 'object' ? { ...options } : {});
    } else noteOnly(findings, `${at}.${name}`);
  }
  return searches;
}

type ToolConfig = NonNullable<GeminiBody['toolConfig']>;

function toChoice(config: ToolConfig, tools: readonly ChatTool[], findings: Findings): Pick<Fields, 'tool_choice'> {
  // That Google's tools work beside functions is said by itself where both are there.
  const { functionCallingConfig: calling, includeServerSideToolInvocations: _, ...rest } = config;
  noteDropped(findings, 'toolConfig', rest);
  const { mode = 'AUTO', allowedFunctionNames, ...others } = calling ?? {};
  noteDropped(findings, 'toolConfig.functionCallingConfig', others);
  if (mode === 'VALIDATED') {
    findings.lost.push({ param: 'toolConfig.functionCallingConfig.mode', action: 'changed', note: 'AUTO' });
  }
  if (tools.length === 0) return {};
  if (mode === 'NONE') return { tool_choice: 'none' };
  const names = allowedFunctionNames ?? [];
  const [first, second] = names;
  if (mode === 'ANY' && first !== undefined && second === undefined) return { tool_choice: named(first) };
  if (first === undefined) return mode === 'ANY' ? { tool_choice: 'required' } : {};
  return {
    tool_choice: {
      type: 'allowed_tools',
      allowed_tools: { mode: mode === 'ANY' ? 'required' : 'auto', tools: names.map((name) => ({ ...named(name) })) },
    },
  };
}

function named(name: string) {
  return { type: 'function' as const, function: { name } };
}
