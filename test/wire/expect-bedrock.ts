import { type Expected, type ExpectedChoice, type ExpectedUsage, emptyChoice, parsedArguments } from './expected.ts';
import type { AwsEvent } from './event-stream.ts';
import { type Json, at, list, number, object, string } from './json.ts';

const FINISH: Record<string, string> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool_calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  guardrail_intervened: 'content_filter',
  content_filtered: 'content_filter',
};

export function expectConverse(body: unknown, model: string): Expected {
  const choice = emptyChoice();
  for (const block of list(at(body, 'output', 'message', 'content'))) addBlock(choice, block);
  const finish = FINISH[string(at(body, 'stopReason'))] ?? 'stop';
  choice.finish = choice.calls.length > 0 && finish === 'stop' ? 'tool_calls' : finish;
  return { model, choices: [choice], usage: usageOf(at(body, 'usage')) };
}

/** Puts the blocks together first; text blocks have no start, and `input` is JSON in pieces. */
export function expectConverseStream(events: AwsEvent[], model: string): Expected | undefined {
  const blocks: Json[] = [];
  let stopReason: unknown;
  let usage: unknown;
  for (const { type, payload } of events) {
    const index = number(at(payload, 'contentBlockIndex'));
    if (type === 'contentBlockStart') blocks[index] = { ...object(at(payload, 'start')) };
    if (type === 'contentBlockDelta') addDelta((blocks[index] ??= {}), object(at(payload, 'delta')));
    if (type === 'messageStop') stopReason = at(payload, 'stopReason');
    if (type === 'metadata') usage = at(payload, 'usage');
  }
  if (stopReason === undefined) return undefined;
  return expectConverse({ output: { message: { content: blocks } }, stopReason, usage }, model);
}

function addDelta(block: Json, delta: Json): void {
  if (delta.text !== undefined) block.text = string(block.text) + string(delta.text);
  const input = at(delta, 'toolUse', 'input');
  if (input !== undefined) block.streamed = string(block.streamed) + string(input);
  if (delta.citation) {
    const citations = [...list(at(block.citationsContent, 'citations')), object(delta.citation)];
    block.citationsContent = { citations };
  }
  const { text, signature, redactedContent } = object(delta.reasoningContent);
  const known = object(at(block.reasoningContent, 'reasoningText'));
  if (text !== undefined || signature !== undefined) {
    const reasoningText = {
      text: string(known.text) + string(text),
      signature: string(known.signature) + string(signature),
    };
    block.reasoningContent = { reasoningText };
  }
  if (redactedContent !== undefined) block.reasoningContent = { redactedContent };
}

function addBlock(choice: ExpectedChoice, block: Json): void {
  choice.text += string(block.text);
  for (const part of list(at(block, 'citationsContent', 'content'))) choice.text += string(part.text);
  for (const citation of list(at(block, 'citationsContent', 'citations'))) choice.passages.push(sourceOf(citation));
  choice.reasoning += string(at(block, 'reasoningContent', 'reasoningText', 'text'));
  const signature = string(at(block, 'reasoningContent', 'reasoningText', 'signature'));
  const redacted = string(at(block, 'reasoningContent', 'redactedContent'));
  choice.signatures.push(...[signature, redacted].filter((data) => data !== ''));
  const call = object(block.toolUse);
  // What the model ran on Amazon's side is not the client's to answer.
  if (!block.toolUse || call.type === 'server_tool_use') return;
  const input = block.streamed === undefined ? (call.input ?? {}) : parsedArguments(string(block.streamed));
  choice.calls.push({ id: string(call.toolUseId), type: 'function', name: string(call.name), arguments: input });
}

export function sourceOf(citation: Json): string {
  return list(citation.sourceContent)
    .map(({ text }) => string(text))
    .join('');
}

/** Bedrock does not say how much of the output was reasoning, and its own total is not trusted. */
function usageOf(usage: unknown): ExpectedUsage | undefined {
  if (!usage) return undefined;
  const cached = number(at(usage, 'cacheReadInputTokens'));
  const written = number(at(usage, 'cacheWriteInputTokens'));
  const prompt = number(at(usage, 'inputTokens')) + cached + written;
  const completion = number(at(usage, 'outputTokens'));
  return { prompt, completion, total: prompt + completion, cached, written, reasoning: undefined };
}
