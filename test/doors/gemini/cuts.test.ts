/** A stream is the same, wherever the network cuts it: for Google's SDK at our door, and for us at Google's. */
import { GoogleGenAI } from '@google/genai';
import { beforeAll, describe, expect, it } from 'vitest';
import { WireRelay } from '../../../src/answers/wire-relay.ts';
import { gemini } from '../../../providers/gemini/index.ts';
import { GatewayError } from '../../../src/core/errors.ts';
import { GEMINI } from '../../../src/doors/gemini/door.ts';
import { geminiPen } from '../../../src/doors/gemini/pen.ts';
import { makeCall } from '../../support/call.ts';
import { inPieces, inTwo } from '../../wire/cuts.ts';
import { makeWorld } from './world.ts';

const SEED = 20_261_122;
const BODY = {
  contents: [{ role: 'user', parts: [{ text: 'Weather in Oslo and Zürich 👋, both?' }] }],
  generationConfig: { thinkingConfig: { includeThoughts: true } },
  tools: [
    {
      functionDeclarations: [
        { name: 'weather', parameters: { type: 'OBJECT', properties: { city: { type: 'STRING' } } } },
      ],
    },
  ],
};

describe.each(['claude-sonnet-5-5', 'gemini-4-argon'])('what %s says', (model) => {
  let bytes: Uint8Array;
  beforeAll(async () => {
    const response = await makeWorld().post(`/v1beta/models/${model}:streamGenerateContent?alt=sse`, BODY);
    bytes = new Uint8Array(await response.arrayBuffer());
  });

  it('is the same to the SDK', { timeout: 60_000 }, async () => {
    const whole = await readBySdk([bytes]);
    expect(whole).toContain('functionCall');
    expect(whole).toContain('STOP');
    for (let place = 1; place < bytes.length; place++) expect(await readBySdk(inTwo(bytes, place))).toBe(whole);
    for (const largest of [1, 7, 64]) expect(await readBySdk(inPieces(bytes, largest, SEED))).toBe(whole);
  });

  it('is the same when it passes', () => {
    const whole = passed([bytes]);
    expect(whole.sent).toBe(new TextDecoder().decode(bytes));
    expect(whole.facts).toMatchObject({ finishReason: 'tool_calls', said: true, model: expect.any(String) });
    for (let place = 1; place < bytes.length; place++) expect(passed(inTwo(bytes, place))).toEqual(whole);
    for (const largest of [1, 7, 64]) expect(passed(inPieces(bytes, largest, SEED))).toEqual(whole);
  });

  it('is an error when it ends before its end', () => {
    const text = new TextDecoder().decode(bytes);
    const end = new TextEncoder().encode(text.slice(0, text.lastIndexOf('finishReason'))).length;
    for (let place = 0; place < end; place += 13)
      expect(() => passed([bytes.subarray(0, place)])).toThrow(GatewayError);
  });
});

/** What Google's SDK makes of it, deltas joined. */
async function readBySdk(pieces: Iterable<Uint8Array>): Promise<string> {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) if (piece.length > 0) controller.enqueue(piece);
      controller.close();
    },
  });
  const headers = { 'content-type': 'text/event-stream' };
  const fetch = () => Promise.resolve(new Response(body, { headers }));
  const google = new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: 'http://router.test', fetch } });
  const chunks: unknown[] = [];
  for await (const { candidates, usageMetadata } of await google.models.generateContentStream({
    model: 'm',
    contents: 'Hi',
  })) {
    chunks.push({ candidates, usageMetadata });
  }
  return JSON.stringify(chunks);
}

function passed(pieces: Iterable<Uint8Array>) {
  const asked = {
    limits: { maxBodyBytes: 1e6, maxMessages: 9, maxDepth: 30 },
    header: () => undefined,
    param: () => 'm:streamGenerateContent',
  };
  const { request, original } = GEMINI.read(JSON.stringify({ contents: BODY.contents }), asked);
  const exchange = gemini.translate({ ...makeCall({}, { dialect: 'gemini' }), request, original });
  const relay = new WireRelay(exchange, geminiPen(true));
  const utf8 = new TextDecoder();
  let sent = '';
  for (const piece of pieces) sent += utf8.decode(relay.push(piece), { stream: true });
  sent += utf8.decode() + relay.end();
  const { facts } = relay;
  return { sent, facts: { ...facts, turns: facts.turns.get(0)?.toolCallIds.length } };
}
