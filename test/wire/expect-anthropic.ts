import { type Expected, type ExpectedChoice, type ExpectedUsage, emptyChoice, parsedArguments } from './expected.ts';
import { type Json, at, list, number, object, string } from './json.ts';

const FINISH: Record<string, string> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  tool_use: 'tool_calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'content_filter',
};

export function expectMessage(body: unknown): Expected {
  const message = object(body);
  const choice = emptyChoice();
  for (const block of list(message.content)) addBlock(choice, block);
  choice.finish = finishOf(choice, string(message.stop_reason));
  return { model: string(message.model), choices: [choice], usage: usageOf(message.usage) };
}

/** Builds the whole message out of its events first, as Anthropic documents it, and then reads that. */
export function expectMessageStream(events: unknown[]): Expected | undefined {
  let message: Json = {};
  const blocks: Json[] = [];
  for (const event of events.map(object)) {
    if (event.type === 'message_start') message = { ...object(event.message) };
    if (event.type === 'content_block_start') blocks[number(event.index)] = { ...object(event.content_block) };
    if (event.type === 'content_block_delta') addDelta(object(blocks[number(event.index)]), object(event.delta));
    if (event.type === 'message_delta') {
      message = { ...message, ...object(event.delta) };
      message.usage = { ...object(message.usage), ...object(event.usage) };
    }
  }
  if (!events.some((event) => at(event, 'type') === 'message_stop')) return undefined;
  return expectMessage({ ...message, content: blocks });
}

function addDelta(block: Json, delta: Json): void {
  if (delta.type === 'text_delta') block.text = string(block.text) + string(delta.text);
  if (delta.type === 'thinking_delta') block.thinking = string(block.thinking) + string(delta.thinking);
  if (delta.type === 'signature_delta') block.signature = string(block.signature) + string(delta.signature);
  if (delta.type === 'citations_delta') block.citations = [...list(block.citations), object(delta.citation)];
  if (delta.type === 'input_json_delta' && delta.partial_json !== '') {
    block.streamed = string(block.streamed) + string(delta.partial_json);
  }
}

function addBlock(choice: ExpectedChoice, block: Json): void {
  if (block.type === 'text') {
    const start = choice.text.length;
    choice.text += string(block.text);
    const web = list(block.citations).filter(({ type }) => type === 'web_search_result_location');
    const documents = list(block.citations).filter(({ type }) => type !== 'web_search_result_location');
    choice.passages.push(...documents.map(({ cited_text: cited }) => string(cited)));
    choice.citations.push(...web.map(({ url }) => ({ url: string(url), start, end: choice.text.length })));
  }
  if (block.type === 'thinking') {
    choice.reasoning += string(block.thinking);
    choice.signatures.push(string(block.signature));
  }
  if (block.type === 'redacted_thinking') choice.signatures.push(string(block.data));
  if (block.type === 'tool_use') {
    const streamed = block.streamed === undefined ? (block.input ?? {}) : parsedArguments(string(block.streamed));
    choice.calls.push({ id: string(block.id), type: 'function', name: string(block.name), arguments: streamed });
  }
}

function finishOf(choice: ExpectedChoice, reason: string): string {
  const finish = FINISH[reason] ?? 'stop';
  return choice.calls.length > 0 && finish === 'stop' ? 'tool_calls' : finish;
}

/** `input_tokens` excludes both what the cache read and what it wrote. */
function usageOf(usage: unknown): ExpectedUsage | undefined {
  if (usage === undefined) return undefined;
  const cached = number(at(usage, 'cache_read_input_tokens'));
  const written = number(at(usage, 'cache_creation_input_tokens'));
  const prompt = number(at(usage, 'input_tokens')) + cached + written;
  const completion = number(at(usage, 'output_tokens'));
  const thinking = at(usage, 'output_tokens_details', 'thinking_tokens');
  const reasoning = thinking === undefined ? undefined : number(thinking);
  return { prompt, completion, total: prompt + completion, cached, written, reasoning };
}
