/** What providers say in a rehearsal, as bytes of HTTP/1.1. */
const TEXT = 'The points are set, the signal is clear, and the train may pass. '.repeat(3);
const WORDS = TEXT.split(/(?<= )/u);
const CHAT = { id: 'chatcmpl-rehearsal', created: 1_767_225_600, model: 'rehearsal' };
const CHAT_USAGE = { prompt_tokens: 500, completion_tokens: 42, total_tokens: 542 };
const MESSAGE = { id: 'msg_rehearsal', type: 'message', role: 'assistant', model: 'rehearsal', stop_sequence: null };

export const GPT = whole({
  ...CHAT,
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: TEXT, refusal: null }, finish_reason: 'stop' }],
  usage: CHAT_USAGE,
});

export const CLAUDE = whole({
  ...MESSAGE,
  content: [{ type: 'text', text: TEXT }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 500, output_tokens: 42 },
});

export const GPT_STREAM = chunked([
  chunk({ role: 'assistant', content: '' }),
  ...WORDS.map((content) => chunk({ content })),
  chunk({}, 'stop'),
  data({ ...CHAT, object: 'chat.completion.chunk', choices: [], usage: CHAT_USAGE }),
  'data: [DONE]\n\n',
]);

export const CLAUDE_STREAM = chunked([
  event('message_start', {
    message: { ...MESSAGE, content: [], stop_reason: null, usage: { input_tokens: 500, output_tokens: 1 } },
  }),
  event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  ...WORDS.map((text) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })),
  event('content_block_stop', { index: 0 }),
  event('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 42 } }),
  event('message_stop', {}),
]);

function whole(body: object): string {
  const json = JSON.stringify(body);
  return `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${json.length}\r\n\r\n${json}`;
}

function chunked(events: readonly string[]): string[] {
  const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n';
  return [head, ...events.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`), '0\r\n\r\n'];
}

function chunk(delta: object, finish: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  return data({ ...CHAT, object: 'chat.completion.chunk', choices });
}

function event(type: string, more: object): string {
  return `event: ${type}\n${data({ type, ...more })}`;
}

function data(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}
