/** Streams that are asked for and do not come, and those that end in another server's words. */
import type { ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, idle, startHouse } from '../books/running/house.ts';
import { SSE } from '../support/upstream.ts';

const SECRET = 'sk-anna-0123456789';

let server: Server;
let house: House;
let client: OpenAI;
let answerWith: (outgoing: ServerResponse) => void;

beforeAll(async () => {
  server = createServer((incoming, outgoing) => incoming.resume().on('end', () => answerWith(outgoing)));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  house = await startHouse(`
log: { level: error }
providers: { a: { dialect: openai, baseUrl: "${url}", apiKey: key-of-a } }
models:
  ears: { deployments: [{ provider: a, model: whisper-1, price: { input: 0, output: 0, perMinute: 0.006 } }] }
  brush: { deployments: [{ provider: a, model: gpt-image-1, price: { input: 5, output: 40 } }] }
  mouth: { deployments: [{ provider: a, model: tts-1, price: { input: 0, output: 0, perMillionCharacters: 15 } }] }
keys: [{ name: anna, key: ${SECRET} }]
`);
  client = new OpenAI({ baseURL: `${house.url}/v1`, apiKey: SECRET, maxRetries: 0 });
});
afterAll(async () => {
  await house[Symbol.asyncDispose]();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

const last = async () => (await house.stories('anna')).at(-1)?.request;
const hear = (path: 'transcriptions' | 'translations') => {
  const body = new FormData();
  body.append('model', 'ears');
  body.append('stream', 'true');
  body.append('file', new File([new Uint8Array(80_000)], 'a.mp3'));
  const headers = { authorization: `Bearer ${SECRET}` };
  return fetch(`${house.url}/v1/audio/${path}`, { method: 'POST', headers, body });
};

describe('where a stream was asked for', () => {
  it.each(['transcriptions', 'translations'] as const)('%s may come whole: whisper-1 streams nothing', async (path) => {
    const heard = { text: 'Hello', usage: { type: 'duration', seconds: 30 } };
    answerWith = (outgoing) =>
      void outgoing.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(heard));
    expect(await (await hear(path)).json()).toEqual(heard);
    await idle(house);
    expect(await last()).toMatchObject({ outcome: 'ok', costUsd: 0.003 });
  });

  it('a picture may come whole, and is counted', async () => {
    const painted = { created: 1, data: [{ b64_json: 'AAAA' }], usage: { input_tokens: 10, output_tokens: 100 } };
    answerWith = (outgoing) =>
      void outgoing.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(painted));
    const body = { model: 'brush', prompt: 'a point', stream: true as const };
    expect(await (await client.images.generate(body).asResponse()).json()).toEqual(painted);
    await idle(house);
    expect(await last()).toMatchObject({ outcome: 'ok', fresh: 10, output: 100 });
  });

  it('speech may come as sound', async () => {
    const sound = Uint8Array.from([0, 255, 128, 13, 10]);
    answerWith = (outgoing) => void outgoing.writeHead(200, { 'content-type': 'audio/mpeg' }).end(sound);
    const body = { model: 'mouth', voice: 'alloy', input: 'x'.repeat(100), stream_format: 'sse' as const };
    expect(new Uint8Array(await (await client.audio.speech.create(body)).arrayBuffer())).toEqual(sound);
    await idle(house);
    expect(await last()).toMatchObject({ outcome: 'ok', costUsd: 0.0015 });
  });

  it('vLLM’s transcription ends as its chats do', async () => {
    const chunk = (choices: unknown) =>
      `data: ${JSON.stringify({ id: 'trsc-1', object: 'transcription.chunk', choices })}\n\n`;
    const said = `${chunk([{ delta: { content: 'Hello' } }])}${chunk([{ delta: {}, finish_reason: 'stop' }])}data: [DONE]\n\n`;
    answerWith = (outgoing) => void outgoing.writeHead(200, SSE).end(said);
    expect(await (await hear('transcriptions')).text()).toBe(said);
    await idle(house);
    expect(await last()).toMatchObject({ outcome: 'ok' });
  });
});
