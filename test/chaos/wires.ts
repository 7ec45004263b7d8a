import { chatAnswer, chatFrame, claudeAnswer } from '../support/upstream.ts';

/** What a provider says on its wire, in the pieces that faults fall between. */
export interface Wire {
  dialect: 'openai' | 'anthropic';
  model: string;
  /** What its address needs behind the host. */
  base: string;
  answer: (text: string) => string;
  /** What a stream says before its first content. */
  open: string;
  words: (text: string) => string;
  /** What ends a stream. */
  end: string;
  /** An error in a stream, or under status 200. */
  error: string;
  errorEvent: string;
  /** The body of a refusal with this type. */
  refusal: (type: string) => string;
}

const busy = { type: 'overloaded_error', message: 'Overloaded' };

const openai: Wire = {
  dialect: 'openai',
  model: 'm-1',
  base: '/v1',
  answer: chatAnswer,
  open: chatFrame({ role: 'assistant', content: '' }),
  words: (text) => chatFrame({ content: text }),
  end: `${chatFrame({}, 'stop')}data: [DONE]\n\n`,
  error: JSON.stringify({ error: busy }),
  errorEvent: `data: ${JSON.stringify({ error: busy })}\n\n`,
  refusal: (type) => JSON.stringify({ error: { type, message: `it was ${type}`, param: null, code: null } }),
};

const event = (data: { type: string; [field: string]: unknown }) =>
  `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
const MESSAGE = JSON.parse(claudeAnswer('')) as object;

const anthropic: Wire = {
  dialect: 'anthropic',
  model: 'claude-haiku-4-5',
  base: '',
  answer: claudeAnswer,
  open:
    event({ type: 'message_start', message: { ...MESSAGE, content: [], stop_reason: null } }) +
    event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
  words: (text) => event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
  end:
    event({ type: 'content_block_stop', index: 0 }) +
    event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 4 } }) +
    event({ type: 'message_stop' }),
  error: JSON.stringify({ type: 'error', error: busy }),
  errorEvent: event({ type: 'error', error: busy }),
  refusal: (type) => JSON.stringify({ type: 'error', error: { type, message: `it was ${type}` } }),
};

export const WIRES = { openai, anthropic };
