/** An answer as it grows, out of a whole completion or the frames of a stream. */
export interface Answer {
  text: string;
  reasoning: string;
  tools: readonly ToolCall[];
  finishReason: string | undefined;
  usage: Readonly<Record<string, unknown>> | undefined;
  /** Of a stream that broke off. */
  failure: string | undefined;
}

interface ToolCall {
  name: string;
  arguments: string;
}

export const NO_ANSWER: Answer = {
  text: '',
  reasoning: '',
  tools: [],
  finishReason: undefined,
  usage: undefined,
  failure: undefined,
};

interface Said {
  content?: string | null;
  refusal?: string | null;
  reasoning_content?: string | null;
  tool_calls?: { index?: number; function?: { name?: string; arguments?: string } }[];
}

/** A completion, or one chunk of it. */
export interface Piece {
  choices?: { message?: Said; delta?: Said; finish_reason?: string | null }[];
  usage?: Record<string, unknown> | null;
  error?: { message?: string };
}

export function grown(answer: Answer, piece: Piece): Answer {
  const [choice] = piece.choices ?? [];
  return {
    ...withWords(answer, choice?.message ?? choice?.delta ?? {}),
    finishReason: choice?.finish_reason ?? answer.finishReason,
    usage: piece.usage ?? answer.usage,
    failure: piece.error ? (piece.error.message ?? 'The stream broke off') : answer.failure,
  };
}

function withWords(
  answer: Answer,
  { content, refusal, reasoning_content: reasoning, tool_calls: calls }: Said,
): Answer {
  return {
    ...answer,
    text: answer.text + (content ?? '') + (refusal ?? ''),
    reasoning: answer.reasoning + (reasoning ?? ''),
    tools: withTools(answer.tools, calls ?? []),
  };
}

function withTools(before: readonly ToolCall[], pieces: NonNullable<Said['tool_calls']>): readonly ToolCall[] {
  if (pieces.length === 0) return before;
  const tools = [...before];
  pieces.forEach(({ index, function: called }, position) => {
    const place = index ?? position;
    const known = tools[place] ?? { name: '', arguments: '' };
    tools[place] = {
      name: known.name + (called?.name ?? ''),
      arguments: known.arguments + (called?.arguments ?? ''),
    };
  });
  return tools;
}

/** The payloads of an event stream, up to its end. */
export async function* eventsOf(body: ReadableStream<BufferSource>): AsyncGenerator<Piece, void> {
  let rest = '';
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (rest + value).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (!line.startsWith('data:')) continue;
        const data = line.slice(5).trim();
        if (data === '[DONE]') return;
        yield JSON.parse(data) as Piece;
      }
    }
  } finally {
    await reader.cancel().catch(() => {}); // Broken or over already.
  }
}
