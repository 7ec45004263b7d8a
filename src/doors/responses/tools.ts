import type { ChatRequest, ChatTool } from '../../core/chat.ts';
import { GatewayError } from '../../core/errors.ts';
import type { Warning } from '../../core/provider.ts';
import { type Notes, UNNOTED } from '../field-names.ts';
import { isObject } from '../json.ts';
import { type CallKind, CRAFTS, type Origin, textOf } from './calls.ts';
import type { Json } from './stored.ts';

type WebSearch = NonNullable<ChatRequest['web_search_options']>;

/** OpenAI's limit on names, and everybody's letters. */
const MAX_NAME = 64;
const SAID_OF_FUNCTIONS = new Set(['type', 'name', 'description', 'parameters', 'strict']);
/** What says how OpenAI finds or calls a tool, and nothing of what it does. */
const HINTS = new Set(['defer_loading', 'output_schema', 'allowed_callers']);
const SAID_OF_SEARCHES = new Set(['type', 'search_context_size', 'user_location']);

/** The tools as functions, and what each stands for. */
export class Toolbox {
  readonly tools: ChatTool[] = [];
  readonly lost: Warning[] = [];
  readonly places: Notes;
  /** By the function's name. */
  readonly origins = new Map<string, Origin>();
  webSearch: WebSearch | undefined;
  /** The first tool that only OpenAI itself can carry out. */
  only: string | undefined;

  constructor(places = UNNOTED) {
    this.places = places;
  }

  /** `param`: where the tool stands. */
  add(tool: Json, param: string): void {
    switch (tool.type) {
      case 'function':
        return this.#function(tool, param);
      case 'custom':
        return this.#custom(tool, param);
      case 'namespace':
        return this.#namespace(tool, param);
      case 'local_shell':
      case 'apply_patch':
        return this.#stand(tool.type, tool, param);
      case 'shell':
        return isLocal(tool.environment) ? this.#stand('shell', tool, param) : this.#refuse(param);
      case 'tool_search':
        return this.#toolSearch(tool, param);
      default:
        return this.#other(tool, param);
    }
  }

  /** What a call of this tool is named. */
  nameOf(kind: CallKind, item: Json): string {
    const name = kind === 'function' || kind === 'custom' ? textOf(item.name) : kind;
    // A tool that OpenAI's search has found stands in a namespace of its own.
    const namespace = typeof item.namespace === 'string' && item.namespace !== name ? item.namespace : undefined;
    for (const [known, origin] of this.origins) {
      if (origin.kind === kind && origin.name === name && origin.namespace === namespace) return known;
    }
    return joined(namespace, name);
  }

  #function(tool: Json, param: string, namespace?: string): void {
    const { name, description, parameters, strict } = tool;
    if (isObject(parameters)) this.places.note(parameters, `${param}.parameters.*`);
    this.#offer({ kind: 'function', name: textOf(name), namespace }, param, {
      ...(typeof description === 'string' && { description }),
      ...(isObject(parameters) && { parameters }),
      ...(typeof strict === 'boolean' && { strict }),
    });
    for (const field of Object.keys(tool)) {
      if (!SAID_OF_FUNCTIONS.has(field) && !HINTS.has(field) && (tool[field] ?? false) !== false)
        this.#drop(`${param}.${field}`);
    }
  }

  #custom(tool: Json, param: string, namespace?: string): void {
    const { description, format } = tool;
    const said = typeof description === 'string' ? description : '';
    const grammar = isObject(format) && format.type === 'grammar' ? format : undefined;
    const { parameters } = CRAFTS.custom;
    this.#offer({ kind: 'custom', name: textOf(tool.name), namespace }, param, {
      description: grammar ? `${said}\n\n${grammarOf(grammar)}`.trim() : said,
      parameters,
    });
    if (grammar) this.lost.push({ param: `${param}.format`, action: 'changed', note: 'told, not enforced' });
    else this.lost.push({ param, action: 'emulated' });
  }

  #namespace(tool: Json, param: string): void {
    const namespace = textOf(tool.name);
    const tools = Array.isArray(tool.tools) ? tool.tools.filter(isObject) : [];
    for (const [index, inner] of tools.entries()) {
      const at = `${param}.tools.${index}`;
      if (inner.type === 'custom') this.#custom(inner, at, namespace);
      else this.#function(inner, at, namespace);
    }
  }

  #stand(kind: Exclude<CallKind, 'function' | 'custom'>, tool: Json, param: string): void {
    const craft = CRAFTS[kind];
    const description = typeof tool.description === 'string' ? tool.description : craft.description;
    const parameters = isObject(tool.parameters) ? tool.parameters : craft.parameters;
    this.#offer({ kind, name: kind }, param, { description, parameters });
    this.lost.push({ param, action: 'emulated' });
  }

  /** Where OpenAI would search, all tools are in the request anyway: elsewhere they are offered at once. */
  #toolSearch(tool: Json, param: string): void {
    if (tool.execution === 'client') return this.#stand('tool_search', tool, param);
    this.lost.push({ param, action: 'changed', note: 'all tools at once' });
  }

  #other(tool: Json, param: string): void {
    if (!textOf(tool.type).startsWith('web_search')) return this.#refuse(param);
    const { search_context_size: size, user_location: place } = tool;
    this.webSearch = {
      ...((size === 'low' || size === 'medium' || size === 'high') && { search_context_size: size }),
      ...(isObject(place) && { user_location: { type: 'approximate', approximate: placeOf(place) } }),
    };
    this.places.note(this.webSearch, param);
    for (const field of Object.keys(tool)) {
      if (!SAID_OF_SEARCHES.has(field) && (tool[field] ?? undefined) !== undefined) this.#drop(`${param}.${field}`);
    }
  }

  #offer(origin: Origin, param: string, said: Json): void {
    const name = joined(origin.namespace, origin.name);
    if (this.origins.has(name)) {
      if (!param.startsWith('tools.')) return; // A search has found what was offered already.
      throw new GatewayError('invalid_request', `Two tools have the name '${name}'`, { param: `${param}.name` });
    }
    this.origins.set(name, origin);
    this.tools.push(this.places.note({ type: 'function', function: { name, ...said } }, param));
  }

  #refuse(param: string): void {
    this.only ??= param;
  }

  #drop(param: string): void {
    this.lost.push({ param, action: 'dropped' });
  }
}

/** Functions in chat have no namespaces. */
function joined(namespace: string | undefined, name: string): string {
  return namespace ? `${namespace}__${name}`.replaceAll(/[^\w-]/g, '_').slice(-MAX_NAME) : name;
}

function isLocal(environment: unknown): boolean {
  return !isObject(environment) || environment.type === 'local';
}

function grammarOf({ syntax, definition }: Json): string {
  return `The input must follow this grammar (${textOf(syntax)}):\n${textOf(definition)}`;
}

function placeOf(place: Json): NonNullable<WebSearch['user_location']>['approximate'] {
  const fields = ['city', 'country', 'region', 'timezone'].flatMap((field) =>
    typeof place[field] === 'string' ? [[field, place[field]] as const] : [],
  );
  return Object.fromEntries(fields);
}

export interface Choice {
  choice?: ChatRequest['tool_choice'];
  only?: string;
  /** The search of the web is demanded, not only offered. */
  search?: true;
}

/** The choice as chat says it; `only` where it is of a tool that only OpenAI has. */
export function readChoice(choice: unknown, tools: Toolbox): Choice {
  if (choice === undefined || choice === null) return {};
  if (choice === 'auto' || choice === 'none' || choice === 'required') return { choice };
  if (!isObject(choice))
    throw new GatewayError('invalid_request', 'This choice of tools is not understood', { param: 'tool_choice' });
  if (tools.webSearch && textOf(choice.type).startsWith('web_search')) return { search: true };
  if (choice.type !== 'allowed_tools') {
    const named = namedBy(choice, tools);
    return named ? { choice: named } : { only: 'tool_choice' };
  }
  const entries = Array.isArray(choice.tools) ? choice.tools.filter(isObject) : [];
  const allowed = entries.map((entry) => namedBy(entry, tools)).filter((entry) => entry !== undefined);
  if (allowed.length < entries.length) return { only: 'tool_choice.tools' };
  const mode = choice.mode === 'required' ? 'required' : 'auto';
  return { choice: { type: 'allowed_tools', allowed_tools: { mode, tools: allowed.map((entry) => ({ ...entry })) } } };
}

function namedBy(choice: Json, tools: Toolbox) {
  const kind = KINDS_OF_CHOICE.get(textOf(choice.type));
  if (!kind) return undefined;
  return { type: 'function' as const, function: { name: tools.nameOf(kind, choice) } };
}

const KINDS_OF_CHOICE = new Map<string, CallKind>([
  ['function', 'function'],
  ['custom', 'custom'],
  ['local_shell', 'local_shell'],
  ['shell', 'shell'],
  ['apply_patch', 'apply_patch'],
]);
