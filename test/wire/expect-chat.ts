import { sourceOf } from './expect-bedrock.ts';
import { type Expected, type ExpectedChoice, type ExpectedUsage, emptyChoice, parsedArguments } from './expected.ts';
import { type Json, at, list, number, object, string } from './json.ts';

export function expectChat(body: unknown): Expected {
  const answer = object(body);
  return {
    model: string(answer.model),
    choices: list(answer.choices).map((choice) => expectChoice(object(choice.message), choice)),
    usage: usageOf(answer.usage),
  };
}

/** Adds the deltas up to a whole answer, as OpenAI documents it, and then reads that. */
export function expectChatStream(chunks: unknown[]): Expected | undefined {
  const whole: Json = { choices: [] };
  const choices: Json[] = [];
  for (const chunk of chunks.map(object)) {
    whole.model ??= chunk.model;
    if (chunk.usage) whole.usage = chunk.usage;
    for (const piece of list(chunk.choices)) {
      const index = number(piece.index);
      choices[index] ??= { message: {}, logprobs: { content: [] } };
      addPiece(object(choices[index]), piece);
    }
  }
  if (choices.length === 0 || choices.some((choice) => !choice.finish_reason)) return undefined;
  return expectChat({ ...whole, choices });
}

function addPiece(choice: Json, piece: Json): void {
  const message = object(choice.message);
  const delta = object(piece.delta);
  for (const field of ['content', 'refusal', 'reasoning', 'reasoning_content']) {
    if (typeof delta[field] === 'string') message[field] = string(message[field]) + string(delta[field]);
  }
  message.reasoning_details = [...list(message.reasoning_details), ...list(delta.reasoning_details)];
  message.citations = [...list(message.citations), ...list(delta.citations)];
  message.annotations = [...list(message.annotations), ...list(delta.annotations)];
  const calls = list(message.tool_calls);
  for (const part of list(delta.tool_calls)) addCallPart(calls, part);
  message.tool_calls = calls;
  choice.finish_reason = piece.finish_reason ?? choice.finish_reason;
  const tokens = [...list(at(choice.logprobs, 'content')), ...list(at(piece.logprobs, 'content'))];
  choice.logprobs = { content: tokens };
}

function addCallPart(calls: Json[], part: Json): void {
  const index = number(part.index);
  const call = calls[index] ?? { type: 'function', function: { name: '', arguments: '' } };
  const known = object(call.function);
  const added = object(part.function);
  calls[index] = {
    ...call,
    id: part.id ?? call.id,
    function: {
      name: string(known.name) + string(added.name),
      arguments: string(known.arguments) + string(added.arguments),
    },
  };
}

function expectChoice(message: Json, choice: Json): ExpectedChoice {
  return {
    ...emptyChoice(),
    text: string(message.content),
    refusal: string(message.refusal),
    reasoning: string(message.reasoning_content) || string(message.reasoning),
    calls: list(message.tool_calls).map((call) => ({
      id: string(call.id),
      type: call.type === 'custom' ? ('custom' as const) : ('function' as const),
      name: string(at(call, string(call.type), 'name')),
      arguments: parsedArguments(string(at(call, 'function', 'arguments') ?? at(call, 'custom', 'input'))),
    })),
    signatures: list(message.reasoning_details)
      .map((detail) => string(detail.data) || string(detail.signature))
      .filter((signature) => signature !== ''),
    citations: list(message.annotations)
      .filter(({ type }) => type === 'url_citation')
      .map(({ url_citation: citation }) => ({
        url: string(at(citation, 'url')),
        start: number(at(citation, 'start_index')),
        end: number(at(citation, 'end_index')),
      })),
    passages: list(message.citations).map((citation) => string(citation.cited_text) || sourceOf(citation)),
    logprobs: list(at(choice.logprobs, 'content')).map(({ token }) => string(token)),
    finish: string(choice.finish_reason),
  };
}

/** OpenAI's own counts include everything and are passed on as they are. */
function usageOf(usage: unknown): ExpectedUsage | undefined {
  if (!usage) return undefined;
  const written = at(usage, 'prompt_tokens_details', 'cache_write_tokens');
  const reasoning = at(usage, 'completion_tokens_details', 'reasoning_tokens');
  return {
    prompt: number(at(usage, 'prompt_tokens')),
    completion: number(at(usage, 'completion_tokens')),
    total: number(at(usage, 'total_tokens')),
    cached: number(at(usage, 'prompt_tokens_details', 'cached_tokens')),
    written: written === undefined ? undefined : number(written),
    reasoning: reasoning === undefined ? undefined : number(reasoning),
  };
}
