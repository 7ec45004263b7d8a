/** What can be ordered with `[practice: …]`, in every dialect. */
import { describe, expect, it, vi } from 'vitest';
import { type Dialect, DIALECTS, practise } from './ask.ts';

/** What only a complete stream has. */
const ENDS: Record<Dialect, string> = {
  anthropic: '"message_stop"',
  chat: '[DONE]',
  responses: '"response.completed"',
  gemini: '"finishReason"',
  bedrock: 'messageStop',
};
const ERRORS: Record<Dialect, string> = {
  anthropic: 'event: error',
  chat: '{"error":{',
  responses: 'event: error',
  gemini: '{"error":{"code":503',
  bedrock: 'serviceUnavailableException',
};
const REFUSALS: Record<Dialect, string> = {
  anthropic: '"stop_reason":"refusal"',
  chat: '"refusal":"',
  responses: '"type":"refusal"',
  gemini: '"blockReason"',
  bedrock: '"stopReason":"content_filtered"',
};

describe.each(DIALECTS)('%s', (dialect) => {
  const streamed = async (text: string) => await (await practise(dialect, text, { stream: true })).text();
  const whole = (text: string) => practise(dialect, text);

  it.each([false, true])('ends a whole answer, stream: %s', async (stream) => {
    const response = await practise(dialect, 'Hello', { stream });
    expect(response.status).toBe(200);
    const body = await response.text();
    expect(body).toContain('practice');
    expect(body.includes(ENDS[dialect]) || !stream).toBe(true);
  });

  it.each([400, 401, 403, 404, 429, 500, 503, 529])('answers %i if told to', async (status) => {
    const response = await whole(`[practice: status=${status}]`);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual(expect.objectContaining({}));
  });

  it('cuts a stream', async () => {
    const body = await streamed('[practice: cut]');
    expect(body).toContain('practice');
    expect(body).not.toContain(ENDS[dialect]);
    expect(body).not.toContain(ERRORS[dialect]);
  });

  it.each(['', ' at=0', ' at=2'])('breaks off with an error%s', async (at) => {
    const body = await streamed(`[practice: error${at}]`);
    expect(body).toContain(ERRORS[dialect]);
    expect(body).not.toContain(ENDS[dialect]);
    expect(body.includes('billed')).toBe(false);
  });

  it('cuts a whole answer in the middle of its JSON', async () => {
    const response = await whole('[practice: cut]');
    expect(response.status).toBe(200);
    await expect(response.json()).rejects.toThrow(SyntaxError);
  });

  it('sends HTML in place of an answer', async () => {
    const response = await whole('[practice: html]');
    expect(response.status).toBe(502);
    expect(response.headers.get('content-type')).toContain('text/html');
    expect((await whole('[practice: html status=200]')).status).toBe(200);
  });

  it.each([false, true])('refuses, stream: %s', async (stream) => {
    expect(await (await practise(dialect, '[practice: refuse]', { stream })).text()).toContain(REFUSALS[dialect]);
  });

  it.each([false, true])('says nothing at all and ends well, stream: %s', async (stream) => {
    const response = await practise(dialect, '[practice: empty]', { stream });
    const body = await response.text();
    expect(response.status).toBe(200);
    expect(body).not.toContain('practice answer');
    expect(body.includes(ENDS[dialect]) || !stream).toBe(true);
  });

  it("leaves another's trouble alone", async () => {
    const other = dialect === 'anthropic' ? 'gemini' : 'anthropic';
    expect((await whole(`[practice: ${other} status=529]`)).status).toBe(200);
  });

  it('stalls, and stops when the client leaves', async () => {
    const { body } = await practise(dialect, '[practice: stall]', { stream: true });
    const reader = body?.getReader();
    let arrived = '';
    const decoder = new TextDecoder();
    for (;;) {
      const read = reader?.read();
      const silence = new Promise<undefined>((resolve) => setTimeout(resolve, 20));
      const next = await (arrived.includes('practice') ? Promise.race([read, silence]) : read);
      if (!next?.value) break;
      arrived += decoder.decode(next.value);
    }
    expect(arrived).toContain('practice');
    expect(arrived).not.toContain(ENDS[dialect]);
    await reader?.cancel();
  });
});

describe('pace', () => {
  it('pauses between words, and not at all if told to be fast', async () => {
    vi.useFakeTimers();
    try {
      const pauses = vi.spyOn(globalThis, 'setTimeout');
      const slow = (await practise('chat', 'Hello', { stream: true, paceMs: 25 })).text();
      await vi.runAllTimersAsync();
      const words = (await slow).match(/"delta":\{"content":"[^"]/g)?.length;
      expect(pauses).toHaveBeenCalledTimes(words ?? 0);
      pauses.mockClear();
      await (await practise('chat', '[practice: fast]', { stream: true, paceMs: 25 })).text();
      expect(pauses).not.toHaveBeenCalled();
    } finally {
      vi.useRealTimers();
    }
  });

  it('leaves no timer behind when the client leaves', async () => {
    vi.useFakeTimers();
    try {
      const { body } = await practise('anthropic', 'Hello', { stream: true, paceMs: 25 });
      const reader = body?.getReader();
      for (let read = 0; read < 3; read++) await reader?.read();
      const next = reader?.read();
      await Promise.resolve();
      expect(vi.getTimerCount()).toBe(1);
      await reader?.cancel();
      expect(vi.getTimerCount()).toBe(0);
      expect(await next).toMatchObject({ done: true });
    } finally {
      vi.useRealTimers();
    }
  });

  it.each(['slow=60000', 'stall'])('gives up %s before the first byte when the client leaves', async (order) => {
    const client = new AbortController();
    const answer = practise('gemini', `[practice: ${order}]`, { signal: client.signal });
    setTimeout(() => client.abort(), 10);
    expect((await answer).status).toBe(200);
  });
});

describe('retry-after', () => {
  const limited = (dialect: Dialect) => practise(dialect, '[practice: status=429 retry-after=7]');

  it('is a header at Anthropic and OpenAI', async () => {
    expect((await limited('anthropic')).headers.get('retry-after')).toBe('7');
    expect((await limited('chat')).headers.get('retry-after-ms')).toBe('7000');
  });

  it('is in the body at Gemini, and nowhere at Bedrock', async () => {
    const gemini = await limited('gemini');
    expect(gemini.headers.get('retry-after')).toBeNull();
    expect(await gemini.text()).toContain('"retryDelay":"7s"');
    const bedrock = await limited('bedrock');
    expect(bedrock.headers.get('x-amzn-errortype')).toMatch(/^ThrottlingException:/);
    expect(bedrock.headers.get('retry-after')).toBeNull();
  });
});
