/** The whole gateway between one client and two providers who know one answer and break off where they are told. */
import { compose } from '../../src/compose.ts';
import { ANYONE } from '../../src/core/caller.ts';
import { parseConfiguration } from '../../src/config/parse.ts';
import type { ChatRequest } from '../../src/core/chat.ts';
import { Departure } from '../../src/core/departure.ts';
import { asGatewayError, GatewayError } from '../../src/core/errors.ts';
import type { IncomingResponse, RequestFact, Transport } from '../../src/core/ports.ts';
import { answerStream, type Gateway } from '../../src/gateway/gateway.ts';
import { fetchHttp } from '../../src/platform/fetch-http.ts';
import { CHAT_PEN } from '../../src/answers/pen.ts';
import { chatOriginal } from '../support/call.ts';

export type Ending = 'clean' | 'reset' | 'stalled' | 'error' | 'hangs';
type Json = Record<string, unknown>;

/** How one call goes: all of it, or so many events and then this. */
export interface Manner {
  events?: number;
  ending?: Ending;
  /** Instead of the rest of the answer. */
  says?: (answer: string, said: string) => string;
  status?: number;
  /** Answers only then. */
  after?: Promise<void>;
  /** All events arrive at once. */
  atOnce?: boolean;
  tool?: boolean;
  thinks?: boolean;
}

export interface Turn {
  role: string;
  content: string;
}

export interface Heard extends Json {
  host: string;
  messages: Turn[];
}

interface Wire {
  entry: string;
  events(text: string, manner: Manner): string[];
  error: string;
}

const utf8 = new TextEncoder();
const PIECE = 7;
const pieces = (text: string) =>
  Array.from({ length: Math.ceil(text.length / PIECE) }, (_, n) => text.slice(n * PIECE, (n + 1) * PIECE));

const named = (data: Json) => `event: ${String(data['type'])}\ndata: ${JSON.stringify(data)}\n\n`;
const block = (index: number, content_block: object, deltas: object[]) => [
  named({ type: 'content_block_start', index, content_block }),
  ...deltas.map((delta) => named({ type: 'content_block_delta', index, delta })),
  named({ type: 'content_block_stop', index }),
];
const anthropic: Wire = {
  entry: 'dialect: anthropic',
  error: named({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }),
  events: (text, { tool, thinks }) => [
    named({
      type: 'message_start',
      message: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'claude-x',
        content: [],
        stop_reason: null,
        usage: { input_tokens: 10, output_tokens: 1 },
      },
    }),
    ...(thinks
      ? block(0, { type: 'thinking', thinking: '', signature: '' }, [{ type: 'thinking_delta', thinking: 'Hm.' }])
      : []),
    ...block(
      1,
      { type: 'text', text: '' },
      pieces(text).map((piece) => ({ type: 'text_delta', text: piece })),
    ),
    ...(tool
      ? block(2, { type: 'tool_use', id: 'toolu_1', name: 'look', input: {} }, [
          { type: 'input_json_delta', partial_json: '{"a":' },
          { type: 'input_json_delta', partial_json: '1}' },
        ])
      : []),
    named({
      type: 'message_delta',
      delta: { stop_reason: tool ? 'tool_use' : 'end_turn', stop_sequence: null },
      usage: { output_tokens: 20 },
    }),
    named({ type: 'message_stop' }),
  ],
};

const chunk = (delta: object, finish: string | null = null, more: object = {}) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-up', object: 'chat.completion.chunk', created: 1, model: 'gpt-x', choices: [{ index: 0, delta, finish_reason: finish }], ...more })}\n\n`;
const openai: Wire = {
  entry: 'dialect: openai',
  error: `data: ${JSON.stringify({ error: { type: 'server_error', message: 'Overloaded', code: null, param: null } })}\n\n`,
  events: (text, { tool, thinks }) => [
    chunk({ role: 'assistant', content: '' }),
    ...(thinks ? [chunk({ reasoning_content: 'Hm.' })] : []),
    ...pieces(text).map((piece) => chunk({ content: piece })),
    ...(tool
      ? [
          chunk({
            tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'look', arguments: '' } }],
          }),
          chunk({ tool_calls: [{ index: 0, function: { arguments: '{"a":1}' } }] }),
        ]
      : []),
    chunk({}, tool ? 'tool_calls' : 'stop'),
    `data: ${JSON.stringify({ id: 'chatcmpl-up', object: 'chat.completion.chunk', created: 1, model: 'gpt-x', choices: [], usage: { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 } })}\n\n`,
    'data: [DONE]\n\n',
  ],
};

export const WIRES = { anthropic, openai };
export type WireName = keyof typeof WIRES;

/** What a model does that knows the answer: goes on behind its own last words, or repeats those it is told to. */
function restOf(answer: string, { messages }: Heard): { said: string; rest: string } {
  const said = messages.findLast(({ role }) => role === 'assistant')?.content ?? '';
  const [, again = ''] = /<last_words>(.+)<\/last_words>/s.exec(messages.at(-1)?.content ?? '') ?? [];
  return { said, rest: again + answer.slice(said.length) };
}

function textOf(content: unknown): string {
  return typeof content === 'string' ? content : (content as { text: string }[]).map(({ text }) => text).join('');
}

export interface Scene {
  answer: string;
  first: WireName;
  second: WireName;
  /** Call by call, of both; all of it after the last. */
  manners: Manner[];
  /** Extends the configuration. */
  yaml?: string;
  models?: { first?: string; second?: string };
  onBreak?: 'error' | 'continue';
}

/** `claude-haiku-4-5` goes on by itself; `claude-sonnet-5` and OpenAI's models have to be told. */
export function stage({ answer, first, second, manners, yaml = '', models = {}, onBreak = 'continue' }: Scene) {
  const heard: Heard[] = [];
  const books: RequestFact[] = [];
  const left: string[] = [];
  const transport: Transport = {
    send({ url, body }, { client }) {
      const { host } = new URL(url);
      const parsed = JSON.parse(body) as { messages: { role: string; content: unknown }[] };
      const messages = parsed.messages.map(({ role, content }) => ({ role, content: textOf(content) }));
      const asked: Heard = { ...parsed, host, messages };
      const manner = manners[heard.length] ?? {};
      heard.push(asked);
      const wire = WIRES[host === 'first.invalid' ? first : second];
      const { said, rest } = restOf(answer, asked);
      const text = manner.says?.(answer, said) ?? rest;
      const events = wire.events(text, manner).slice(0, manner.events);
      if (manner.ending === 'error') events.push(wire.error);
      return Promise.resolve(respond(events, manner, { client, onLeft: () => left.push(host) }));
    },
  };
  const composed = compose(
    parseConfiguration(
      `
providers:
  first: { ${WIRES[first].entry}, baseUrl: "http://first.invalid", apiKey: key-of-the-first, limits: { concurrency: 1 } }
  second: { ${WIRES[second].entry}, baseUrl: "http://second.invalid", apiKey: key-of-the-second, limits: { concurrency: 1 } }
models:
  one:
    deployments:
      - { provider: first, model: ${models.first ?? 'claude-haiku-4-5'}, price: { input: 1, output: 10 } }
      - { provider: second, model: ${models.second ?? 'claude-haiku-4-5'}, price: { input: 2, output: 20 } }
stream: { onBreak: ${onBreak} }
${yaml}`,
      'breaking.yaml',
      {},
    ),
    {
      http: fetchHttp,
      transport,
      log: { info: () => {}, warn: () => {}, error: () => {} },
      credentials: { awsChain: () => nobody, googleToken: () => nobody },
      environment: {},
      source: 'breaking.yaml',
      practice: false,
      isReady: () => true,
      random: () => 0,
    },
  );
  const gateway: Gateway = { ...composed.gateway, recorder: { record: (fact) => void books.push(fact) } };
  return { gateway, heard, books, left };
}

const nobody = () => Promise.reject(new Error('There are no such credentials here'));

interface Line {
  client: Departure;
  onLeft: () => void;
}

function respond(
  events: string[],
  { ending = 'clean', status = 200, atOnce, after }: Manner,
  { client, onLeft }: Line,
): IncomingResponse {
  async function* body() {
    try {
      await after;
      for (const event of atOnce ? [events.join('')] : events) yield utf8.encode(event);
      if (ending === 'reset') throw new GatewayError('truncated', 'The connection broke');
      if (ending === 'stalled') throw new GatewayError('stalled', 'The provider stopped sending');
      if (ending === 'hangs') {
        await new Promise<void>((gone) => client.onGone(gone));
        throw new GatewayError('client_gone', 'The client closed the connection');
      }
    } finally {
      onLeft();
    }
  }
  return { status, header: () => undefined, body: body(), text: () => Promise.resolve('{}') };
}

export interface Seen {
  text: string;
  reasoning: string;
  roles: number;
  ids: number;
  models: number;
  finish: string | undefined;
  /** Chunks with a finish reason. */
  finishes: number;
  isDone: boolean;
  /** `x-signalbox` extension of the chunk with the finish reason. */
  extension: { continued: { deployment: string; after_characters: number; reason: string }[] } | undefined;
  usage: { prompt_tokens: number; completion_tokens: number } | undefined;
  error: string | undefined;
}

interface Chunk {
  id: string;
  model: string;
  choices: { delta: { role?: string; content?: string; reasoning_content?: string }; finish_reason: string | null }[];
  usage?: Seen['usage'];
  signalbox?: Seen['extension'];
}

/** One streamed request, read to its end. */
export async function ask(gateway: Gateway, more: Partial<ChatRequest> = {}, client = new Departure()): Promise<Seen> {
  const frames: string[] = [];
  let error: string | undefined;
  try {
    const { body } = await answerStream(gateway, inbound(more, client));
    for await (const piece of body) frames.push(typeof piece === 'string' ? piece : new TextDecoder().decode(piece));
  } catch (cause) {
    error = asGatewayError(cause).kind;
  }
  const lines = frames
    .join('')
    .split('\n\n')
    .filter(Boolean)
    .map((frame) => frame.slice('data: '.length));
  const chunks = lines.filter((line) => line !== '[DONE]').map((line) => JSON.parse(line) as Chunk);
  const choices = chunks.flatMap((each) => each.choices);
  return {
    text: choices.map(({ delta }) => delta.content ?? '').join(''),
    reasoning: choices.map(({ delta }) => delta.reasoning_content ?? '').join(''),
    roles: choices.filter(({ delta }) => delta.role).length,
    ids: new Set(chunks.map(({ id }) => id)).size,
    models: new Set(chunks.map(({ model }) => model)).size,
    finish: choices.findLast(({ finish_reason: reason }) => reason)?.finish_reason ?? undefined,
    finishes: choices.filter(({ finish_reason: reason }) => reason).length,
    isDone: lines.at(-1) === '[DONE]',
    extension: chunks.find(({ signalbox }) => signalbox)?.signalbox,
    usage: chunks.findLast(({ usage }) => usage)?.usage,
    error,
  };
}

export function inbound(more: Partial<ChatRequest>, client: Departure) {
  const request = {
    model: 'one',
    stream: true,
    stream_options: { include_usage: true },
    messages: [{ role: 'user', content: 'Tell me.' }],
    ...more,
  } as ChatRequest;
  return {
    request,
    original: chatOriginal(JSON.stringify(request)),
    lost: [],
    pen: CHAT_PEN,
    caller: { ...ANYONE, name: 'test' },
    key: 'test',
    told: {},
    requestId: 'request-1',
    strict: false,
    priority: 'normal' as const,
    deadlineMs: undefined,
    attempts: [],
    ceilings: {},
    header: () => undefined,
    background: () => {},
    client,
  };
}
