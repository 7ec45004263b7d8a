/**
 * Calls of tools that the client carries out itself. Of these OpenAI's models alone know more than functions, so every
 * other model gets a function of the same name and meaning, and its calls come back as the items that the client expects.
 */
import { isObject } from '../json.ts';
import type { Item, Json } from './stored.ts';

export type CallKind = 'function' | 'custom' | 'local_shell' | 'shell' | 'apply_patch' | 'tool_search';

/** What a call of this name is to the client. */
export interface Origin {
  kind: CallKind;
  name: string;
  namespace?: string | undefined;
}

interface Craft {
  /** The call's type, its result's, and what its ids begin with. */
  type: string;
  output: string;
  prefix: string;
  /** What the model is told of the function that stands for it. */
  description: string;
  parameters: Json;
  toArguments: (item: Json) => Json;
  /** The item's own fields; what the model wrote may be anything. */
  fromArguments: (called: Json, origin: Origin) => Json;
}

const TEXT = { type: 'string' };
const TEXTS = { type: 'array', items: TEXT };
const WHOLE = { type: 'integer' };

export const CRAFTS: Record<Exclude<CallKind, 'function'>, Craft> = {
  custom: {
    type: 'custom_tool_call',
    output: 'custom_tool_call_output',
    prefix: 'ctc',
    description: '',
    parameters: schema({ input: { ...TEXT, description: 'The whole input, as plain text.' } }, ['input']),
    toArguments: ({ input }) => ({ input }),
    fromArguments: ({ input }, { name, namespace }) => ({
      name,
      ...(namespace && { namespace }),
      input: textOf(input),
    }),
  },
  local_shell: {
    type: 'local_shell_call',
    output: 'local_shell_call_output',
    prefix: 'lsh',
    description: "Runs a command on the user's machine and returns its output.",
    parameters: schema({ command: TEXTS, working_directory: TEXT, timeout_ms: WHOLE, env: { type: 'object' } }, [
      'command',
    ]),
    toArguments: ({ action }) => withoutType(action),
    fromArguments: ({ command, env, ...rest }) => ({
      action: { type: 'exec', command: wordsOf(command), env: isObject(env) ? env : {}, ...rest },
    }),
  },
  shell: {
    type: 'shell_call',
    output: 'shell_call_output',
    prefix: 'sh',
    description: "Runs shell commands on the user's machine and returns what each wrote and how it ended.",
    parameters: schema({ commands: TEXTS, timeout_ms: WHOLE, max_output_length: WHOLE }, ['commands']),
    toArguments: ({ action }) => withoutType(action),
    fromArguments: ({ commands, timeout_ms: timeout, max_output_length: length }) => ({
      action: { commands: listOf(commands), timeout_ms: timeout ?? null, max_output_length: length ?? null },
      environment: null,
    }),
  },
  apply_patch: {
    type: 'apply_patch_call',
    output: 'apply_patch_call_output',
    prefix: 'apc',
    description: [
      "Creates, updates or deletes one file of the user's. `diff` is a V4A diff (sections that begin with `@@`, lines",
      'that begin with a space, `-` or `+`); for a new file every line begins with `+`; a deletion has none.',
    ].join(' '),
    parameters: schema(
      { type: { ...TEXT, enum: ['create_file', 'update_file', 'delete_file'] }, path: TEXT, diff: TEXT },
      ['type', 'path'],
    ),
    toArguments: ({ operation }) => (isObject(operation) ? operation : {}),
    fromArguments: ({ type, path, diff }) => ({
      operation: {
        type: textOf(type) || 'update_file',
        path: textOf(path),
        ...(type !== 'delete_file' && { diff: textOf(diff) }),
      },
    }),
  },
  tool_search: {
    type: 'tool_search_call',
    output: 'tool_search_output',
    prefix: 'tsc',
    description: 'Searches for tools that are not listed yet.',
    parameters: schema({ query: TEXT }, ['query']),
    toArguments: ({ arguments: wanted }) => (isObject(wanted) ? wanted : {}),
    fromArguments: (called) => ({ execution: 'client', arguments: called }),
  },
};

const KINDS = Object.entries(CRAFTS) as [Exclude<CallKind, 'function'>, Craft][];
const BY_CALL = new Map(KINDS.map(([kind, { type }]) => [type, kind]));
const OUTPUTS = new Set(['function_call_output', ...KINDS.map(([, { output }]) => output)]);

export function kindOfCall(type: string): CallKind | undefined {
  return type === 'function_call' ? 'function' : BY_CALL.get(type);
}

export function isOutput(type: string): boolean {
  return OUTPUTS.has(type);
}

/** The arguments of a call in the history, as JSON text. */
export function argumentsOf(kind: CallKind, item: Item): string {
  if (kind === 'function') return textOf(item.arguments) || '{}';
  return JSON.stringify(CRAFTS[kind].toArguments(item));
}

/** The fields of the item that a call becomes. Models write broken JSON too: then the text is all there is. */
export function fieldsOf(origin: Origin & { kind: keyof typeof CRAFTS }, written: string): Json {
  const called = parsed(written);
  const fallback = origin.kind === 'custom' ? { input: written } : {};
  return CRAFTS[origin.kind].fromArguments(called ?? fallback, origin);
}

function parsed(written: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(written || '{}');
    return isObject(value) ? value : undefined;
  } catch {
    return undefined; // The client tells the model that there was nothing to run.
  }
}

function schema(properties: Json, required: string[]): Json {
  return { type: 'object', properties, required, additionalProperties: false };
}

function withoutType(action: unknown): Json {
  if (!isObject(action)) return {};
  const { type: _, ...rest } = action;
  return rest;
}

/** Where models write one line instead of words, a shell reads it. */
function wordsOf(command: unknown): string[] {
  return typeof command === 'string' ? ['bash', '-lc', command] : listOf(command);
}

function listOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.map(textOf) : [];
}

export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}
