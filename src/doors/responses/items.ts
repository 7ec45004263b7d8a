/** A list of items as the turns of a chat. */
import type { ChatMessage, ReasoningDetail } from '../../core/chat.ts';
import type { Warning } from '../../core/provider.ts';
import type { Notes } from '../field-names.ts';
import { isObject } from '../json.ts';
import { argumentsOf, type CallKind, isOutput, kindOfCall, textOf } from './calls.ts';
import { readContent } from './parts.ts';
import { detailsOf, plainTextOf } from './reasoning.ts';
import { typeOf } from './schema.ts';
import type { Item } from './stored.ts';
import type { Toolbox } from './tools.ts';

type Assistant = Extract<ChatMessage, { role: 'assistant' }>;

/** Records of what OpenAI did itself: what came of it is in the words that follow. */
const RECORDS = new Set([
  'web_search_call',
  'file_search_call',
  'code_interpreter_call',
  'image_generation_call',
  'mcp_call',
  'mcp_list_tools',
  'tool_search_call',
  'tool_search_output',
  'configuration_update',
]);

export class Turns {
  readonly messages: ChatMessage[] = [];
  readonly lost: Warning[] = [];
  only: string | undefined;
  readonly #tools: Toolbox;
  readonly #places: Notes;
  #turn: Turn | undefined;

  constructor(tools: Toolbox) {
    this.#tools = tools;
    this.#places = tools.places;
  }

  add(item: Item, param: string): void {
    const type = typeOf(item);
    if (type === 'message') return this.#message(item, param);
    if (type === 'reasoning') return this.#assistant(param).think(item);
    if (type === 'additional_tools') return this.#addTools(item, param);
    if (isOutput(type) && !isHosted(item)) return this.#output(item, param);
    const kind = kindOfCall(type);
    if (kind && !isHosted(item)) {
      const call = this.#assistant(param).call(item, kind, this.#tools.nameOf(kind, item));
      this.#places.note(call, param);
      return;
    }
    this.#other(type, param);
  }

  end(): void {
    const message = this.#turn?.message();
    if (this.#turn && message) this.messages.push(this.#places.note(message, this.#turn.at));
    this.#turn = undefined;
  }

  #assistant(param: string): Turn {
    return (this.#turn ??= new Turn(param));
  }

  /** `developer` becomes `system`: to OpenAI they are the same, and many servers know only the old word. */
  #message(item: Item, param: string): void {
    const at = contentAt(param);
    const { content, only } = readContent(item.content, at, this.#places);
    this.only ??= only;
    if (item.role === 'assistant') return this.#assistant(param).say(item);
    this.end();
    const role = item.role === 'user' ? 'user' : 'system';
    this.messages.push(this.#places.note({ role, content } as ChatMessage, at)); // Media in a system message is the provider's to judge.
  }

  #output(item: Item, param: string): void {
    this.end();
    const { content, only } = readContent(resultOf(item), `${param}.output`, this.#places);
    this.only ??= only;
    const id = textOf(item.call_id ?? item.id);
    const said = content.length > 0 ? content : ''; // An empty list is a 400 in chat.
    const result = { role: 'tool', tool_call_id: id, content: said } as ChatMessage; // Tools may answer in images.
    this.messages.push(this.#places.note(result, param));
    if (item.type === 'tool_search_output') this.#addTools(item, param);
  }

  #addTools({ tools }: Item, param: string): void {
    if (!Array.isArray(tools)) return;
    for (const [index, tool] of tools.filter(isObject).entries()) this.#tools.add(tool, `${param}.tools.${index}`);
  }

  /** What says nothing without OpenAI can be left out; what the model has to go on from cannot. */
  #other(type: string, param: string): void {
    if (!RECORDS.has(type)) this.only ??= param;
    else if (!this.lost.some(({ note }) => note === type)) this.lost.push({ param, action: 'dropped', note: type });
  }
}

/** A text alone has nothing inside. */
function contentAt(param: string): string {
  return param === 'input' ? param : `${param}.content`;
}

/** A search for tools that OpenAI has done itself. */
function isHosted({ type, execution }: Item): boolean {
  return (type === 'tool_search_call' || type === 'tool_search_output') && execution !== 'client';
}

/** As the model reads it: what is no text is JSON. */
function resultOf(item: Item): unknown {
  if (item.type === 'shell_call_output') return JSON.stringify(item.output);
  if (item.type === 'tool_search_output') return JSON.stringify(item.tools);
  if (item.type === 'apply_patch_call_output') return textOf(item.output) || textOf(item.status);
  return item.output;
}

/** What an assistant thinks, says and calls between two of others' turns: in chat one message. */
class Turn {
  /** Where it begins. */
  readonly at: string;
  readonly #texts: string[] = [];
  readonly #details: ReasoningDetail[] = [];
  readonly #calls: NonNullable<Assistant['tool_calls']> = [];
  #thought = '';
  #refusal = '';

  constructor(at: string) {
    this.at = at;
  }

  think(item: Item): void {
    this.#details.push(...detailsOf(item));
    this.#thought += plainTextOf(item);
  }

  say({ content }: Item): void {
    const parts = Array.isArray(content) ? content.filter(isObject) : [{ text: content }];
    for (const { text, refusal } of parts) {
      this.#texts.push(textOf(text));
      this.#refusal += textOf(refusal);
    }
  }

  call(item: Item, kind: CallKind, name: string): object {
    const id = textOf(item.call_id);
    const call = { id, type: 'function' as const, function: { name, arguments: argumentsOf(kind, item) } };
    this.#calls.push(call);
    return call;
  }

  /** Undefined where it came to nothing but a thought. */
  message(): Assistant | undefined {
    const texts = this.#texts.filter((text) => text !== '');
    if (texts.length === 0 && this.#calls.length === 0 && !this.#refusal) return undefined;
    const [first = null] = texts;
    const content = texts.length > 1 ? texts.map((text) => ({ type: 'text' as const, text })) : first;
    return {
      role: 'assistant',
      content,
      ...(this.#refusal && { refusal: this.#refusal }),
      ...(this.#calls.length > 0 && { tool_calls: this.#calls }),
      ...(this.#thought && { reasoning_content: this.#thought }),
      ...(this.#details.length > 0 && { reasoning_details: this.#details }),
    };
  }
}
