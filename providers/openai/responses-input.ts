/** A chat history as the Responses API's list of items, in the same order. */
import type {
  ResponseInputContent,
  ResponseInputItem,
  ResponseOutputRefusal,
} from 'openai/resources/responses/responses';
import type { ChatMessage } from '../../src/core/chat.ts';
import { GatewayError } from '../../src/core/errors.ts';
import type { Call, Warning } from '../../src/core/provider.ts';
import { safeToolCallId } from '../shared/ids.ts';
import { record } from '../shared/refusal.ts';
import { drawnBy, imagesOf } from './moved-media.ts';
import { toContent, toParts } from './responses-parts.ts';
import { toReasoningItems } from './responses-reasoning.ts';

type Assistant = Extract<ChatMessage, { role: 'assistant' }>;
type ToolCall = NonNullable<Assistant['tool_calls']>[number];

export function toInput(call: Call): { input: ResponseInputItem[]; warnings: Warning[] } {
  const writer = new InputWriter(call);
  for (const [index, message] of call.request.messages.entries()) writer.add(message, `messages.${index}`);
  writer.show();
  return { input: writer.input, warnings: writer.warnings };
}

class InputWriter {
  readonly input: ResponseInputItem[] = [];
  readonly warnings: Warning[] = [];
  readonly #call: Call;
  readonly #customIds = new Set<string>();
  #legacyCalls = 0;
  /** What the assistant has drawn, until its calls have their results. */
  #shown: ResponseInputContent[] = [];

  constructor(call: Call) {
    this.#call = call;
  }

  add(message: ChatMessage, param: string): void {
    if (message.role !== 'tool' && message.role !== 'function') this.show();
    if ('name' in message && message.name && message.role !== 'function') this.#warn(`${param}.name`, 'name');
    switch (message.role) {
      case 'system':
      case 'developer':
        this.input.push({ role: 'developer', content: toContent(message.content, `${param}.content`) });
        return;
      case 'user':
        this.input.push({ role: 'user', content: toContent(message.content, `${param}.content`) });
        return;
      case 'assistant':
        return this.#assistant(message, param);
      case 'tool':
        if (message.is_error) this.#warn(`${param}.is_error`, 'is_error');
        return this.#output(message.tool_call_id, toContent(message.content, `${param}.content`));
      case 'function':
        return this.#output(legacyId(this.#legacyCalls), message.content ?? '');
    }
  }

  /** In the user's name: nobody else may show pictures. */
  show(): void {
    if (this.#shown.length > 0) this.input.push({ role: 'user', content: this.#shown });
    this.#shown = [];
  }

  /** Reasoning first: an item of it must stand before what it led to, and not alone. */
  #assistant(message: Assistant, param: string): void {
    if (message.audio)
      throw new GatewayError('unsupported', 'The Responses API has no audio', { param: `${param}.audio` });
    const images = imagesOf(message);
    if (images.length > 0) this.#shown = toParts(drawnBy(images, param, this.#call, this.warnings), `${param}.images`);
    const items = [...spoken(message), ...this.#calls(message, param)];
    if (items.length === 0) return;
    const { endpoint, providerModel, omitReasoning } = this.#call;
    const details = omitReasoning ? [] : (message.reasoning_details ?? []);
    this.input.push(...toReasoningItems(details, `${endpoint.name}/${providerModel}`), ...items);
  }

  #calls(message: Assistant, param: string): ResponseInputItem[] {
    const calls = (message.tool_calls ?? []).map((call, index) => this.#toolCall(call, `${param}.tool_calls.${index}`));
    if (!message.function_call) return calls;
    return [...calls, functionCall(legacyId(++this.#legacyCalls), message.function_call)];
  }

  /** By what it holds: clients leave the type out. */
  #toolCall(call: ToolCall, param: string): ResponseInputItem {
    const id = safeToolCallId(call.id);
    if ('custom' in call && record(call.custom)) {
      this.#customIds.add(call.id);
      return { type: 'custom_tool_call', call_id: id, name: call.custom.name, input: call.custom.input };
    }
    if ('function' in call && record(call.function)) return functionCall(id, call.function);
    throw new GatewayError('unsupported', 'Only function and custom calls can be translated', { param });
  }

  #output(id: string, output: ReturnType<typeof toContent>): void {
    const type = this.#customIds.has(id) ? 'custom_tool_call_output' : 'function_call_output';
    this.input.push({ type, call_id: safeToolCallId(id), output });
  }

  /** The first of its kind speaks for all: a long history must not become a long response header. */
  #warn(param: string, field: string): void {
    if (this.warnings.some((warning) => warning.param.endsWith(`.${field}`))) return;
    this.warnings.push({ param, action: 'dropped' });
  }
}

function functionCall(id: string, called: { name: string; arguments: string }): ResponseInputItem {
  return { type: 'function_call', call_id: id, name: called.name, arguments: called.arguments || '{}' };
}

/** OpenAI's old `function_call`s have no ids of their own. */
function legacyId(count: number): string {
  return `call_fn_${count}`;
}

/** What the assistant said. Text alone is a plain message; a refusal needs the shape of an output. */
function spoken({ content, refusal }: Assistant): ResponseInputItem[] {
  if (typeof content === 'string' && content !== '' && !refusal) return [{ role: 'assistant', content }];
  const texts = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : (content ?? []);
  const parts = [...texts.map(toOutput), ...(refusal ? [refusalOf(refusal)] : [])].filter((part) => part !== undefined);
  // The SDK's type asks for the id and status of a stored message; the API takes it without.
  return parts.length > 0 ? [{ role: 'assistant', content: parts } as unknown as ResponseInputItem] : [];
}

function toOutput(part: Exclude<NonNullable<Assistant['content']>, string>[number]) {
  if (part.type === 'refusal') return refusalOf(part.refusal);
  return part.text ? { type: 'output_text' as const, text: part.text } : undefined;
}

function refusalOf(refusal: string): ResponseOutputRefusal {
  return { type: 'refusal', refusal };
}
