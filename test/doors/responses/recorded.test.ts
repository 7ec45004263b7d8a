/** Third parties' recorded exchanges with OpenAI's Responses: through the router, to the same API and to the others. */
import { describe, expect, it } from 'vitest';
import { bytesOf, isError, isThere, readRecordings, type Recording } from '../../wire/recordings.ts';
import { FOREIGN, talkTo } from './gateway.ts';

type Body = Record<string, unknown>;

const recordings = readRecordings().filter(({ api, request }) => api.endsWith('responses') && request.body !== null);
const bodyOf = ({ request }: Recording): Body => request.body as Body;
/** What an earlier answer was is not in the recording. */
const known = recordings.filter((recording) => (bodyOf(recording).previous_response_id ?? undefined) === undefined);
const answered = known.filter((recording) => !isError(recording));

describe.skipIf(!isThere())('recorded requests', () => {
  it('are enough to mean something', () => {
    expect(answered.length).toBeGreaterThan(10);
  });

  it.each(answered)('$id: to OpenAI the client’s words, back OpenAI’s bytes', async (recording) => {
    const bytes = bytesOf(recording);
    const { headers } = recording.response;
    const { fetch, model, last } = talkTo('gpt-4.1', () => new Response(bytes.slice(), { headers }));
    const body = { ...bodyOf(recording), model, store: false };
    const response = await fetch('/v1/responses', body);
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer()).equals(Buffer.from(bytes))).toBe(true);
    const { reasoning: _, include: __, model: ___, ...rest } = body as Body;
    expect(last().body).toMatchObject(rest);
  });

  it.each(known.filter(isError))('$id: OpenAI’s refusal is the client’s', async (recording) => {
    const { status, headers } = recording.response;
    const { fetch, model } = talkTo('gpt-4.1', () => new Response(bytesOf(recording).slice(), { status, headers }));
    const response = await fetch('/v1/responses', { ...bodyOf(recording), model, store: false });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(await response.json()).toMatchObject({
      error: { message: expect.any(String) as string, type: expect.any(String) as string },
    });
  });

  describe.each(FOREIGN)('%s', (column) => {
    it.each(answered)('$id: is answered, or refused by the client’s own field', async (recording) => {
      const { fetch, model, last } = talkTo(column);
      const body: Body = { ...bodyOf(recording), model, store: false, stream: false };
      const response = await fetch('/v1/responses', body);
      const answer = (await response.json()) as {
        status?: string;
        error?: { param?: string | null; code?: string | null; message?: string } | null;
      };
      const unsaid = wordsOf(body.input).filter((text) => !last().text.includes(JSON.stringify(text).slice(1, -1)));
      const field = /^(?:tools|input|tool_choice|include|text)\b/.exec(answer.error?.param ?? '')?.[0];
      const outcome =
        response.status === 200 ? `200 ${answer.status}, unsaid: ${unsaid.join()}` : `${response.status} ${field}`;
      expect(outcome).toMatch(/^200 (?:completed|incomplete), unsaid: $|^400 (?!undefined)/);
    });
  });
});

/** What the request says in plain text. */
function wordsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown) => {
    const { content, text, output, type } = entry as Body;
    if (type === 'reasoning') return [];
    return [content, text, output].flatMap(wordsOf);
  });
}
