/** What came out, in the words of `expected.ts`, from OpenAI's own shapes and nothing else. */
import { expect } from 'vitest';
import { expectChat, expectChatStream } from './expect-chat.ts';
import { GatewayError } from '../../src/core/errors.ts';
import type { Expected, ExpectedChoice, ExpectedFailure, ExpectedUsage } from './expected.ts';
import { type Json, at, list, object, string } from './json.ts';
import { ChatChunkSchema, ChatCompletionSchema } from './schemas.ts';

export function observeAnswer(answer: unknown): Expected {
  ChatCompletionSchema.parse(answer);
  return withCallSignatures(expectChat(answer), list(at(answer, 'choices')).map(messageOf));
}

/** Reads written `text/event-stream` text back as a client would, every frame held to OpenAI's rules. */
export function observeChunks(written: string): Expected {
  const frames = written.split('\n\n');
  expect(frames.at(-1)).toBe('');
  expect(frames.at(-2)).toBe('data: [DONE]');
  const chunks = frames.slice(0, -2).map((frame) => {
    expect(frame.slice(0, 7)).toBe('data: {');
    return ChatChunkSchema.parse(JSON.parse(frame.slice(6)));
  });
  expect(new Set(chunks.map(({ id, created, model }) => `${id} ${created} ${model}`)).size).toBe(1);
  expect(chunks.findIndex(({ choices }) => choices.length === 0)).toBeOneOf([-1, chunks.length - 1]);
  const pieces = chunks.flatMap(({ choices }) => choices.map(object));
  for (const index of new Set(pieces.map((piece) => piece.index))) {
    checkOrder(pieces.filter((piece) => piece.index === index));
  }
  const expected = expectChatStream(chunks);
  if (!expected) throw new Error('The written stream has no finish_reason');
  return withCallSignatures(expected, choicesOf(pieces));
}

/** The role comes first and once, the finish last and once, and reasoning details once and whole. */
function checkOrder(pieces: Json[]): void {
  const where = (holds: (piece: Json) => unknown) => pieces.flatMap((piece, index) => (holds(piece) ? [index] : []));
  expect(where((piece) => at(piece.delta, 'role'))).toEqual([0]);
  expect(where((piece) => piece.finish_reason)).toEqual([pieces.length - 1]);
  expect(where((piece) => at(piece.delta, 'reasoning_details')).length).toBeLessThan(2);
  const seen = new Set<unknown>();
  for (const call of pieces.flatMap((piece) => list(at(piece.delta, 'tool_calls')))) {
    if (!seen.has(call.index)) expect(call).toMatchObject({ index: seen.size, id: expect.any(String) });
    else expect(call).not.toHaveProperty('id');
    seen.add(call.index);
  }
}

/** The calls' heads of each choice, which carry what rides along. */
function choicesOf(pieces: Json[]): Json[] {
  const indexes = [...new Set(pieces.map(({ index }) => Number(index)))].sort((a, b) => a - b);
  return indexes.map((index) => {
    const mine = pieces.filter((piece) => piece.index === index);
    const calls = mine.flatMap((piece) => list(at(piece.delta, 'tool_calls'))).filter(({ id }) => id !== undefined);
    return { tool_calls: calls };
  });
}

function messageOf(choice: Json): Json {
  return object(choice.message);
}

function withCallSignatures(expected: Expected, messages: Json[]): Expected {
  const choices = expected.choices.map((choice, number) => addSignatures(choice, object(messages[number])));
  checkIds(expected);
  return { ...expected, choices };
}

function addSignatures(choice: ExpectedChoice, message: Json): ExpectedChoice {
  const heads = list(message.tool_calls);
  const calls = choice.calls.map((call, number) => {
    const signature = string(at(heads[number], 'extra_content', 'google', 'thought_signature'));
    return { ...call, ...(signature && { signature }) };
  });
  return { ...choice, calls };
}

/** A reading's result in the words of an expectation: the answer, or the kind that it failed with. */
export function outcomeOf(observe: () => Expected): object {
  try {
    const { usage, ...rest } = observe();
    return { ...rest, usage: counted(usage) };
  } catch (error) {
    if (error instanceof GatewayError) return { failure: error.kind };
    throw error;
  }
}

/** What an outcome must equal: ids that the wire does not have may be any, and so may unnamed usage. */
export function matching(expected: Expected | ExpectedFailure): object {
  if ('failure' in expected) return { failure: expect.toBeOneOf(expected.failure) };
  const choices = expected.choices.map((choice) => ({
    ...choice,
    calls: choice.calls.map((call) => ({ ...call, id: call.id ?? expect.any(String) })),
  }));
  return { model: expected.model, choices, usage: expected.usage ? counted(expected.usage) : expect.anything() };
}

/** Nothing counted and none used are one and the same here. */
function counted(usage: ExpectedUsage | undefined): object {
  return { ...usage, written: usage?.written ?? 0, reasoning: usage?.reasoning ?? 0 };
}

function checkIds({ choices }: Expected): void {
  for (const { calls } of choices) expect(new Set(calls.map(({ id }) => id)).size).toBe(calls.length);
}
