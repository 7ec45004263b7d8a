/** What only the whole gateway shows, in this process: the operator's own words in an emergency, and a hedged stream. */
import { describe, expect, it } from 'vitest';
import { compose } from '../src/compose.ts';
import { parseConfiguration } from '../src/config/parse.ts';
import { fetchHttp } from '../src/platform/fetch-http.ts';
import { fetchTransport } from '../src/platform/fetch-transport.ts';
import { chatAnswer, chatFrame, claudeAnswer, SSE } from './support/upstream.ts';

interface Line {
  outcome: string;
  attempts: string[];
}

const AWS_KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'made-up' };

type Upstream = (host: string, request: Request) => Promise<Response> | Response;

/** Two OpenAI-compatible providers, `a` and then `b`, unless `model` says who and how; `c` speaks Anthropic's. */
function serve(reliability: string, upstream: Upstream, model = '') {
  const deployments = 'deployments: [{ provider: a, model: one }, { provider: b, model: two }]';
  const yaml = `
providers:
  a: { dialect: openai, baseUrl: http://a.test }
  b: { dialect: openai, baseUrl: http://b.test }
  c: { dialect: anthropic, baseUrl: http://c.test }
  d: { dialect: bedrock, baseUrl: http://d.test, region: us-east-1 }
models: { m: { ${model.startsWith('deployments') ? model : [deployments, model].filter(Boolean).join(', ')} } }
reliability: ${reliability}`;
  const lines: Line[] = [];
  const clock = { ahead: 0, now: () => Date.now() + clock.ahead, wall: () => Date.now() };
  const unused = () => () => Promise.reject(new Error('not needed'));
  const { app } = compose(parseConfiguration(yaml, 'test.yaml', {}), {
    http: fetchHttp,
    transport: fetchTransport(async (request: Request) => upstream(new URL(request.url).hostname[0] ?? '', request)),
    log: { info: (line) => void lines.push(line as unknown as Line), warn: () => {}, error: () => {} },
    credentials: { awsChain: () => () => Promise.resolve(AWS_KEYS), googleToken: unused },
    environment: {},
    source: 'test.yaml',
    practice: false,
    isReady: () => true,
    clock,
    random: () => 0,
  });
  const ask = async (more: object = {}, headers: Record<string, string> = {}) => {
    const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hi' }], ...more });
    const request = { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } };
    return app.fetch(new Request('http://router.test/v1/chat/completions', request));
  };
  return { ask, lines, clock };
}

describe("the operator's own words in an emergency", () => {
  const EMERGENCY = '{ emergency: { mode: on, answer: We are back soon. } }';
  const down = () => Response.json({ error: { message: 'down' } }, { status: 500 });

  it('are a whole answer, marked, where nobody answers', async () => {
    const { ask, lines } = serve(EMERGENCY, down);
    const response = await ask();
    expect(response.status).toBe(200);
    expect(response.headers.get('x-signalbox-fallback')).toBe('true');
    expect(response.headers.get('x-signalbox-deployment')).toBeNull();
    expect(response.headers.get('x-signalbox-attempts')).toMatch(
      /^a\/one;fault;\d+ms, b\/two;fault;\d+ms, a\/one;fault;/,
    );
    expect(await response.json()).toMatchObject({
      object: 'chat.completion',
      model: 'm',
      choices: [{ index: 0, message: { role: 'assistant', content: 'We are back soon.' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
    });
    expect(lines).toMatchObject([{ outcome: 'fault' }]);
  });

  it('are said by themselves once too little of what is in use is left', async () => {
    const dead = () => Response.json({ error: { message: 'no', code: 'invalid_api_key' } }, { status: 401 });
    const { ask, clock } = serve('{ emergency: { afterMs: 200, answer: Soon. } }', dead);
    expect((await ask()).status).toBe(502);
    clock.ahead = 300;
    expect((await ask()).status).toBe(200);
  });

  it('are a stream for who asked for one', async () => {
    const { ask, lines } = serve(EMERGENCY, down);
    const response = await ask({ stream: true, stream_options: { include_usage: true } });
    expect(response.headers.get('x-signalbox-fallback')).toBe('true');
    const frames = (await response.text()).split('\n\n').filter((frame) => frame.startsWith('data: '));
    expect(frames.pop()).toBe('data: [DONE]');
    const chunks = frames.map((frame) => JSON.parse(frame.slice(6)) as Record<string, never>);
    expect(JSON.stringify(chunks)).toContain('"content":"We are back soon."');
    expect(JSON.stringify(chunks)).toContain('"finish_reason":"stop"');
    expect(chunks.at(-1)).toMatchObject({ model: 'm', usage: { total_tokens: 0 } });
    expect(lines).toMatchObject([{ outcome: 'fault' }]);
  });

  const told: {
    name: string;
    reliability?: string;
    upstream?: Upstream;
    more?: object;
    priority?: string;
    status: number;
  }[] = [
    { name: 'it is no emergency', reliability: '{ emergency: { mode: off, answer: Soon. } }', status: 502 },
    { name: 'the operator has no words', reliability: '{ emergency: { mode: on } }', status: 502 },
    {
      name: 'the caller is wrong',
      upstream: () => Response.json({ error: { message: 'wrong', type: 'invalid_request_error' } }, { status: 400 }),
      status: 400,
    },
    { name: 'JSON is demanded', more: { response_format: { type: 'json_object' } }, status: 502 },
    {
      name: "a tool's call is demanded",
      more: { tools: [{ type: 'function', function: { name: 't' } }], tool_choice: 'required' },
      status: 502,
    },
    { name: 'the work can wait', priority: 'background', status: 429 },
  ];
  it.each(told)('are not said where $name', async ({ reliability, upstream, more, priority, status }) => {
    const { ask } = serve(reliability ?? EMERGENCY, upstream ?? down);
    const response = await ask(more, priority ? { 'x-signalbox-priority': priority } : {});
    expect(response.status).toBe(status);
    expect(response.headers.get('x-signalbox-fallback')).toBeNull();
    expect(await response.json()).toHaveProperty('error');
  });

  it('are not needed where somebody answers', async () => {
    const { ask } = serve(EMERGENCY, (host) => (host === 'a' ? down() : new Response(chatAnswer('Here'))));
    const response = await ask();
    expect(response.headers.get('x-signalbox-deployment')).toBe('b/two');
    expect(await response.text()).toContain('Here');
  });
});

describe('a hedged stream', () => {
  it('is served by the second when the first is late, which is called off', async () => {
    const calls: string[] = [];
    let isSlow = false;
    let calledOff = 0;
    const { ask, lines } = serve('{ hedge: true }', (host, { signal }) => {
      calls.push(host);
      const isLate = host === 'a' && isSlow;
      const body = new ReadableStream<Uint8Array>({
        async start(controller) {
          signal.addEventListener('abort', () => calledOff++);
          if (isLate) return; // For ever.
          const text =
            chatFrame({ role: 'assistant', content: `from ${host}` }) + chatFrame({}, 'stop') + 'data: [DONE]\n\n';
          controller.enqueue(new TextEncoder().encode(text));
          controller.close();
        },
        cancel: () => void calledOff++,
      });
      return new Response(body, { headers: SSE });
    });
    for (let known = 0; known < 20; known++) await (await ask({ stream: true })).text();
    expect(calls).toEqual(Array.from({ length: 20 }, () => 'a'));
    isSlow = true;
    const response = await ask({ stream: true });
    expect(response.headers.get('x-signalbox-deployment')).toBe('b/two');
    expect(await response.text()).toContain('from b');
    expect(response.headers.get('x-signalbox-attempts')).toMatch(/^a\/one;hedge_lost;\d+ms, b\/two;ok;\d+ms$/);
    expect(calls.slice(20)).toEqual(['a', 'b']);
    expect(calledOff).toBeGreaterThan(0);
    expect(lines.at(-1)).toMatchObject({ outcome: 'ok' });
  });
});

describe('an attempt', () => {
  it('leaves nothing open when its stream is a refusal and another provider is asked', async () => {
    let closed = false;
    const refused = new ReadableStream<Uint8Array>({
      start: (stream) => stream.enqueue(new TextEncoder().encode(chatFrame({}, 'content_filter'))),
      cancel: () => {
        closed = true;
      },
    });
    const { ask } = serve(
      '{}',
      (host, { signal }) => {
        if (host === 'b')
          return new Response(`${chatFrame({ content: 'Yes' })}${chatFrame({}, 'stop')}data: [DONE]\n\n`, {
            headers: SSE,
          });
        signal.addEventListener('abort', () => {
          closed = true;
        });
        return new Response(refused, { headers: SSE });
      },
      'onRefusal: other',
    );
    const response = await ask({ stream: true });
    expect(await response.text()).toContain('"Yes"');
    expect(response.headers.get('x-signalbox-attempts')).toMatch(/^a\/one;policy;\d+ms, b\/two;ok;/);
    expect(closed).toBe(true);
  });

  it('has all the time where nothing can be said before the answer is whole', async () => {
    const late = (_host: string, { signal }: Request) =>
      new Promise<Response>((resolve, reject) => {
        setTimeout(() => resolve(Response.json(JSON.parse(claudeAnswer('{"a":1}')))), 300);
        signal.addEventListener('abort', () => reject(new Error('aborted')));
      });
    const { ask } = serve(
      '{ firstTokenMs: 20, maxFirstTokenMs: 20, reasoningFirstTokenMs: 20 }',
      late,
      'deployments: [{ provider: c, model: claude-haiku-4-5 }]',
    );
    const response = await ask({ stream: true, max_tokens: 50, response_format: { type: 'json_object' } });
    expect(await response.text()).toContain('a\\":1');
    expect(response.status).toBe(200);
  });
});

describe("while the machine's clock is behind what has been said", () => {
  const AHEAD_MS = 3_600_000;

  it('signs for those who look at their own', async () => {
    let date = '';
    const { ask, clock } = serve(
      '{}',
      (_host, { headers }) => {
        date = headers.get('x-amz-date') ?? '';
        return Response.json({ message: 'no' }, { status: 400 });
      },
      'deployments: [{ provider: d, model: us.anthropic.claude-haiku-4-5-20251001-v1:0 }]',
    );
    clock.ahead = AHEAD_MS;
    await ask();
    const [, year, month, day, hour, minute, second] = /^(....)(..)(..)T(..)(..)(..)Z$/.exec(date) ?? [];
    const signedAt = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
    expect(Math.abs(signedAt - Date.now())).toBeLessThan(60_000);
  });

  it('takes an announced date for what it says', async () => {
    const inTenMinutes = new Date(Date.now() + 600_000).toUTCString();
    const throttled = () => Response.json({}, { status: 429, headers: { 'retry-after': inTenMinutes } });
    const { ask, clock } = serve('{}', throttled, 'deployments: [{ provider: a, model: one }]');
    clock.ahead = AHEAD_MS;
    const response = await ask({}, { 'x-signalbox-deadline-ms': '1000' });
    expect(response.status).toBe(429);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(500);
  });
});

describe('a request that is larger than a declared limit', () => {
  const small = '{ provider: a, model: one, limits: { inputTokensPerMinute: 1000 } }';
  const messages = [{ role: 'user', content: 'word '.repeat(5_000) }];

  it('is refused at once, once and for all', async () => {
    const { ask, lines } = serve('{}', () => new Response(chatAnswer('no')), `deployments: [${small}]`);
    const response = await ask({ messages });
    expect([response.status, response.headers.get('x-should-retry')]).toEqual([400, 'false']);
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    expect(error.code).toBe('request_exceeds_limit');
    expect(error.message).toContain('inputTokensPerMinute is 1000');
    expect(lines).toMatchObject([{ attempts: ['a/one limited:input 0ms'] }]);
    expect((await ask()).status).toBe(200);
  });

  it('goes where it fits', async () => {
    const deployments = `deployments: [${small}, { provider: b, model: two }]`;
    const { ask } = serve('{}', () => new Response(chatAnswer('yes')), deployments);
    const response = await ask({ messages });
    expect(response.headers.get('x-signalbox-attempts')).toMatch(/^a\/one;limited:input;0ms, b\/two;ok;/);
  });
});
