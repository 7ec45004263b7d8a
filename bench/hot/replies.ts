/** What the provider of the bench answers: one body and one burst of 104 events a dialect, always the same bytes. */

export type Dialect = 'openai' | 'anthropic';

export interface Reply {
  type: string;
  body: string;
}

export const HEADERS: Record<string, string> = {
  'x-request-id': 'req_bench_0123456789abcdef',
  'x-ratelimit-limit-requests': '10000',
  'x-ratelimit-remaining-requests': '9999',
  'x-ratelimit-limit-tokens': '2000000',
  'x-ratelimit-remaining-tokens': '1999000',
  'x-ratelimit-reset-requests': '6ms',
};

export const EVENTS = 104;
const TEXT = 'The quick brown fox jumps over the lazy dog while the gateway forwards tokens to the client. '.repeat(3);

const openAiUsage = { prompt_tokens: 512, completion_tokens: 60, total_tokens: 572 };
const anthropicUsage = { input_tokens: 512, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
const message = { id: 'msg_01Bench', type: 'message', role: 'assistant', model: 'bench', stop_sequence: null };

const WHOLE: Record<Dialect, object> = {
  openai: {
    id: 'chatcmpl-Bench',
    object: 'chat.completion',
    created: 1763776800,
    model: 'bench',
    choices: [
      { index: 0, message: { role: 'assistant', content: TEXT, refusal: null }, logprobs: null, finish_reason: 'stop' },
    ],
    usage: openAiUsage,
    service_tier: 'default',
  },
  anthropic: {
    ...message,
    content: [{ type: 'text', text: TEXT }],
    stop_reason: 'end_turn',
    usage: { ...anthropicUsage, output_tokens: 60, service_tier: 'standard' },
  },
};

function openAiEvents(): string[] {
  const head = { id: 'chatcmpl-Bench', object: 'chat.completion.chunk', created: 1763776800, model: 'bench' };
  const chunk = (delta: object, finish: string | null) =>
    JSON.stringify({
      ...head,
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
      usage: null,
    });
  const pieces = Array.from({ length: EVENTS - 4 }, (_, index) => chunk({ content: ` token${index}` }, null));
  const usage = JSON.stringify({ ...head, choices: [], usage: openAiUsage });
  return [chunk({ role: 'assistant', content: '' }, null), ...pieces, chunk({}, 'stop'), usage, '[DONE]'];
}

function anthropicEvents(): string[] {
  const delta = (text: string) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } });
  const pieces = Array.from({ length: EVENTS - 5 }, (_, index) => delta(` token${index}`));
  const usage = { ...anthropicUsage, output_tokens: 1 };
  return [
    { type: 'message_start', message: { ...message, content: [], stop_reason: null, usage } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ...pieces,
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 60 } },
    { type: 'message_stop' },
  ].map((event) => JSON.stringify(event));
}

/** Anthropic names its events. */
function frame(data: string, dialect: Dialect): string {
  const name = dialect === 'anthropic' ? `event: ${String((JSON.parse(data) as { type: string }).type)}\n` : '';
  return `${name}data: ${data}\n\n`;
}

export function replyOf(dialect: Dialect, isStream: boolean): Reply {
  if (!isStream) return { type: 'application/json', body: JSON.stringify(WHOLE[dialect]) };
  const events = dialect === 'openai' ? openAiEvents() : anthropicEvents();
  return { type: 'text/event-stream', body: events.map((data) => frame(data, dialect)).join('') };
}

/** About 2 KB, as a client sends it. */
export function requestOf(isStream: boolean): string {
  const line = 'The customer wrote: I bought the blue kettle three weeks ago and the lid no longer closes properly. ';
  return JSON.stringify({
    model: 'bench',
    temperature: 0.7,
    max_tokens: 256,
    ...(isStream && { stream: true, stream_options: { include_usage: true } }),
    messages: [
      { role: 'system', content: 'You are a helpful assistant for an online shop. Answer briefly. ' },
      ...Array.from({ length: 6 }, (_, index) => ({
        role: index % 2 ? 'assistant' : 'user',
        content: line.repeat(3),
      })),
    ],
  });
}
