import type { ChatRequest, ChatTool } from '../../core/chat.ts';
import type { MessagesBody, Tool, ToolChoice } from './body.ts';
import { mark } from './content.ts';
import { type Findings, invalid } from './findings.ts';
import { isStrict } from './strict.ts';

type Tools = Pick<ChatRequest, 'tools' | 'tool_choice' | 'parallel_tool_calls' | 'web_search_options'>;

/** Runs at Anthropic, and others have the like of it. */
const WEB_SEARCH = /^web_search_\d{8}$/;

export function toTools({ tools, tool_choice: choice }: MessagesBody, findings: Findings): Tools {
  const asked: Tools = {};
  const functions: ChatTool[] = [];
  for (const [index, tool] of (tools ?? []).entries()) {
    const at = `tools.${index}`;
    if (WEB_SEARCH.test(tool.type ?? '')) asked.web_search_options = toWebSearch(tool, at, findings);
    else if (tool.type && tool.type !== 'custom') findings.needsAnthropic(`${at}.type`);
    else functions.push(toFunction(tool, at, findings));
  }
  if (functions.length > 0) asked.tools = functions;
  return { ...asked, ...(choice && toChoice(choice, functions, findings)) };
}

/** Harmless where it is not known: how the arguments of a call are cut into pieces. */
const READ = new Set([
  'type',
  'name',
  'description',
  'input_schema',
  'strict',
  'cache_control',
  'eager_input_streaming',
]);

function toFunction(tool: Tool, at: string, findings: Findings): ChatTool {
  const { name, description, input_schema: parameters, strict } = tool;
  if (!name) throw invalid(`${at}.name`, 'a tool needs a name');
  if (!parameters) throw invalid(`${at}.input_schema`, 'a tool needs a schema');
  noteRest(tool, READ, at, findings);
  const isHeld = strict === true && isStrict(parameters);
  if (strict && !isHeld) findings.changed(`${at}.strict`, 'the schema is not enforced');
  const described = { name, ...(description && { description }), parameters, ...(isHeld && { strict: true }) };
  findings.places.note(parameters, `${at}.input_schema.*`);
  return findings.places.note({ type: 'function', function: described, ...mark(tool) } as ChatTool, at);
}

const SEARCHED = new Set(['type', 'name', 'user_location', 'cache_control']);

function toWebSearch(tool: Tool, at: string, findings: Findings): NonNullable<ChatRequest['web_search_options']> {
  noteRest(tool, SEARCHED, at, findings);
  const where = tool.user_location;
  if (!where) return findings.places.note({}, at);
  const { city, country, region, timezone } = where;
  const approximate = Object.entries({ city, country, region, timezone }).filter(([, value]) => value);
  const asked = { user_location: { type: 'approximate' as const, approximate: Object.fromEntries(approximate) } };
  return findings.places.note(asked, at);
}

/** What is not said is what the API would take in its place, too. */
function isUsual(field: string, value: unknown): boolean {
  if (value === undefined || value === null || value === false) return true;
  return field === 'allowed_callers' && Array.isArray(value) && value.every((caller) => caller === 'direct');
}

function noteRest(tool: Tool, read: ReadonlySet<string>, at: string, findings: Findings): void {
  for (const field of Object.keys(tool)) {
    if (!read.has(field) && !isUsual(field, tool[field])) findings.dropped(`${at}.${field}`);
  }
}

const MODES = new Map<string, 'auto' | 'none' | 'required'>([
  ['auto', 'auto'],
  ['any', 'required'],
  ['none', 'none'],
]);

function toChoice(choice: ToolChoice, functions: readonly ChatTool[], findings: Findings): Tools {
  const single = choice.disable_parallel_tool_use === true ? { parallel_tool_calls: false } : {};
  const mode = MODES.get(choice.type);
  if (mode) return functions.length > 0 ? { tool_choice: mode, ...single } : needless(mode, findings);
  if (choice.type !== 'tool' || !choice.name) throw invalid('tool_choice', 'is auto, any, none, or tool with a name');
  const { name } = choice;
  const isKnown = functions.some((tool) => tool.type === 'function' && tool.function.name === name);
  if (!isKnown) findings.needsAnthropic('tool_choice.name'); // One of Anthropic's own.
  return isKnown ? { tool_choice: { type: 'function', function: { name } }, ...single } : {};
}

/** No tools of the client's: only that one of Anthropic's must be called says anything. */
function needless(mode: string, findings: Findings): Tools {
  if (mode === 'required') findings.needsAnthropic('tool_choice');
  return {};
}
