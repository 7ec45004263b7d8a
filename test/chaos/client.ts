/** A client of raw `node:http`, and what it saw as one sentence that a table can hold. */
import { request, type IncomingHttpHeaders } from 'node:http';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** It came to its end as HTTP understands it. */
  isWhole: boolean;
  ms: number;
}

/** Asks on a connection of its own. Rejects only if there is no answer at all. */
export function ask(
  url: string,
  body: string,
  { headers = {}, heard = () => {} }: { headers?: Record<string, string>; heard?: () => void } = {},
): Promise<Answer> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/v1/chat/completions`, { method: 'POST', agent: false, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => (text += piece));
      response.once('data', heard);
      response.on('error', () => {}); // `close` follows, and `complete` says it.
      response.on('close', () => {
        const { statusCode: status = 0, headers: got, complete: isWhole } = response;
        resolve({ status, headers: got, text, isWhole, ms: performance.now() - startedAt });
      });
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

export const chat = (model: string, more: object = {}) =>
  JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }], ...more });

interface Body {
  error?: { code: string };
  choices?: { message?: { content: string }; delta?: { content?: string }; finish_reason?: string | null }[];
}

/** `200 "text" stop`, `429 rate_limit_exceeded in 7 s`, or, of a stream that broke, `200 "half" then CODE`. */
export function tell({ status, headers, text, isWhole }: Answer): string {
  if (!isWhole) return `${status}, cut off`;
  if (headers['content-type']?.includes('event-stream')) return `${status} ${tellStream(text)}`;
  const { error, choices = [] } = JSON.parse(text) as Body;
  const wait = headers['retry-after'] ? ` in ${headers['retry-after']} s` : '';
  if (error) return `${status} ${error.code}${wait}`;
  return `${status} "${choices[0]?.message?.content}" ${choices[0]?.finish_reason}`;
}

/** Every frame has to be one that an SDK understands; how it ends is told. */
function tellStream(text: string): string {
  if (!text.endsWith('\n\n')) return 'a frame without its end';
  const frames = text.split('\n\n').slice(0, -1);
  const lines = frames.filter((frame) => frame.startsWith('data: ')).map((frame) => frame.slice('data: '.length));
  const isDone = lines.at(-1) === '[DONE]';
  const bodies = (isDone ? lines.slice(0, -1) : lines).map((line) => JSON.parse(line) as Body);
  const choices = bodies.flatMap((body) => body.choices ?? []);
  const said = choices.map(({ delta }) => delta?.content ?? '').join('');
  const finish = choices.findLast(({ finish_reason: reason }) => reason)?.finish_reason;
  const error = bodies.at(-1)?.error;
  const parts = [`"${said}"`, finish, error && `then ${error.code}`, !error && !isDone && 'and no end'];
  return parts.filter(Boolean).join(' ');
}
