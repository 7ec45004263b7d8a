/** An answer as a client of the `openai` SDK sees it, the same whether it came whole or streamed. */
import type OpenAI from 'openai';

export interface Answer {
  choices: Choice[];
  usage: OpenAI.CompletionUsage | undefined;
}

interface Choice {
  text: string;
  refusal: string;
  reasoning: string;
  calls: { id: string; type: string; name: string; input: string }[];
  /** Of the deprecated `functions`. */
  functionCall: { name: string; input: string } | undefined;
  finish: string | null;
  /** Tokens that came with a probability. */
  logprobs: number;
}

/** Whole messages and deltas have the same fields; deltas have fewer of them. */
type Piece = OpenAI.ChatCompletionChunk.Choice.Delta & { reasoning_content?: string | null };
type Logprobs = { content: readonly unknown[] | null } | null | undefined;

export function readWhole(completion: OpenAI.ChatCompletion): Answer {
  const answer: Answer = { choices: [], usage: completion.usage };
  for (const { index, message, finish_reason, logprobs } of completion.choices) {
    const calls = message.tool_calls?.map((call, at) => ({ ...call, index: at }));
    add(answer, index, { ...message, tool_calls: calls } as Piece, { finish: finish_reason, logprobs });
  }
  return answer;
}

export async function readStream(
  stream: AsyncIterable<OpenAI.ChatCompletionChunk>,
  seen: (answer: Answer) => void = () => {},
): Promise<Answer> {
  const answer: Answer = { choices: [], usage: undefined };
  for await (const chunk of stream) {
    if (chunk.usage) answer.usage = chunk.usage;
    for (const { index, delta, finish_reason, logprobs } of chunk.choices)
      add(answer, index, delta, { finish: finish_reason, logprobs });
    seen(answer);
  }
  return answer;
}

function add(answer: Answer, index: number, piece: Piece, end: { finish: string | null; logprobs: Logprobs }): void {
  const choice = (answer.choices[index] ??= {
    text: '',
    refusal: '',
    reasoning: '',
    calls: [],
    functionCall: undefined,
    finish: null,
    logprobs: 0,
  });
  choice.text += piece.content ?? '';
  choice.refusal += piece.refusal ?? '';
  choice.reasoning += piece.reasoning_content ?? '';
  choice.logprobs += end.logprobs?.content?.length ?? 0;
  choice.finish = end.finish ?? choice.finish;
  for (const call of piece.tool_calls ?? []) addCall(choice, call);
  const { function_call: called } = piece;
  if (!called) return;
  const { name = '', input = '' } = choice.functionCall ?? {};
  choice.functionCall = { name: name + (called.name ?? ''), input: input + (called.arguments ?? '') };
}

type CallPiece = Omit<OpenAI.ChatCompletionChunk.Choice.Delta.ToolCall, 'type'> & {
  type?: string;
  custom?: { name?: string; input?: string };
};

function addCall(choice: Choice, piece: CallPiece): void {
  const call = (choice.calls[piece.index] ??= { id: '', type: '', name: '', input: '' });
  call.id += piece.id ?? '';
  call.type ||= piece.type ?? '';
  call.name += piece.function?.name ?? piece.custom?.name ?? '';
  call.input += piece.function?.arguments ?? piece.custom?.input ?? '';
}
