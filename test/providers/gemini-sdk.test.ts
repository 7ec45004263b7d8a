/** What Google's own client sends for the same wish, caught on a loopback server, is what we send. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  FunctionCallingConfigMode,
  GoogleGenAI,
  ServiceTier,
  ThinkingLevel,
  type GenerateContentParameters,
} from '@google/genai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gemini } from '../../providers/gemini/index.ts';
import type { ChatRequest } from '../../src/core/chat.ts';
import { makeCall, type CallOptions } from '../support/call.ts';

interface Sent {
  path: string;
  key: unknown;
  body: unknown;
}

const ANSWER = { candidates: [{ content: { role: 'model', parts: [{ text: 'ok' }] }, finishReason: 'STOP' }] };
const sent: Sent[] = [];
let server: Server;
let client: GoogleGenAI;

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (bytes: Buffer) => (body += bytes.toString()));
    request.on('end', () => {
      sent.push({ path: request.url ?? '', key: request.headers['x-goog-api-key'], body: JSON.parse(body) });
      const isStream = request.url?.includes('alt=sse');
      response.setHeader('content-type', isStream ? 'text/event-stream' : 'application/json');
      response.end(isStream ? `data: ${JSON.stringify(ANSWER)}\n\n` : JSON.stringify(ANSWER));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  client = new GoogleGenAI({
    apiKey: 'sk-test-0123456789',
    httpOptions: { baseUrl: `http://127.0.0.1:${port}`, apiVersion: 'v1beta' },
  });
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

const MODEL = 'gemini-3.8-flash';
const PIXEL = 'iVBORw0KGgo=';
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const hello = [{ role: 'user', parts: [{ text: 'Hi' }] }];
const THINKS = { reasoning: 'thinking_level', efforts: ['minimal', 'low', 'medium', 'high'] } as const;

interface Row {
  name: string;
  ours: Partial<ChatRequest>;
  capabilities?: CallOptions['capabilities'];
  theirs: Omit<GenerateContentParameters, 'model'>;
}

const rows: Row[] = [
  { name: 'plain text', ours: {}, theirs: { contents: 'Hi' } },
  {
    name: 'numbers',
    ours: {
      max_completion_tokens: 9,
      temperature: 0.5,
      top_p: 0.9,
      top_k: 4,
      seed: 1,
      stop: 'x',
      service_tier: 'flex',
    },
    theirs: {
      contents: 'Hi',
      config: {
        maxOutputTokens: 9,
        temperature: 0.5,
        topP: 0.9,
        topK: 4,
        seed: 1,
        stopSequences: ['x'],
        serviceTier: ServiceTier.FLEX,
      },
    },
  },
  {
    name: 'a system instruction',
    ours: {
      messages: [
        { role: 'system', content: 'Be brief' },
        { role: 'user', content: 'Hi' },
      ],
    },
    theirs: { contents: hello, config: { systemInstruction: { parts: [{ text: 'Be brief' }] } } },
  },
  {
    name: 'tools, a choice, a call with its signature and its result',
    ours: {
      messages: [
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            {
              id: 'c1',
              type: 'function',
              function: { name: 'weather', arguments: '{"city":"Oslo"}' },
              extra_content: { google: { thought_signature: 'c2ln' } },
            } as never,
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: '{"sky":"grey"}' },
      ],
      tools: [{ type: 'function', function: { name: 'weather', description: 'Tells', parameters } }],
      tool_choice: { type: 'function', function: { name: 'weather' } },
    },
    theirs: {
      contents: [
        ...hello,
        {
          role: 'model',
          parts: [{ functionCall: { id: 'c1', name: 'weather', args: { city: 'Oslo' } }, thoughtSignature: 'c2ln' }],
        },
        {
          role: 'user',
          parts: [{ functionResponse: { id: 'c1', name: 'weather', response: { sky: 'grey' } } }],
        },
      ],
      config: {
        tools: [
          { functionDeclarations: [{ name: 'weather', description: 'Tells', parametersJsonSchema: parameters }] },
        ],
        toolConfig: {
          functionCallingConfig: { mode: FunctionCallingConfigMode.ANY, allowedFunctionNames: ['weather'] },
        },
      },
    },
  },
  {
    name: 'images, inline and elsewhere',
    ours: {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'See' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } },
            { type: 'image_url', image_url: { url: 'https://x.test/a.webp' } },
          ],
        },
      ],
    },
    theirs: {
      contents: [
        {
          role: 'user',
          parts: [
            { text: 'See' },
            { inlineData: { mimeType: 'image/png', data: PIXEL } },
            { fileData: { mimeType: 'image/webp', fileUri: 'https://x.test/a.webp' } },
          ],
        },
      ],
    },
  },
  {
    name: 'a schema',
    ours: { response_format: { type: 'json_schema', json_schema: { name: 'city', schema: parameters } } },
    theirs: { contents: 'Hi', config: { responseMimeType: 'application/json', responseJsonSchema: parameters } },
  },
  {
    name: 'a thinking level',
    ours: { reasoning_effort: 'low' },
    capabilities: THINKS,
    theirs: {
      contents: 'Hi',
      config: { thinkingConfig: { includeThoughts: true, thinkingLevel: ThinkingLevel.LOW } },
    },
  },
  {
    name: 'a thinking budget',
    ours: { reasoning_effort: 'low' },
    capabilities: { reasoning: 'thinking_budget', efforts: ['none', 'low'] },
    theirs: { contents: 'Hi', config: { thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 } } },
  },
  {
    name: 'web search',
    ours: { web_search_options: {} },
    theirs: { contents: 'Hi', config: { tools: [{ googleSearch: {} }] } },
  },
];

describe("Google's own client", () => {
  it.each(rows)('sends the same: $name', async ({ ours, capabilities, theirs }) => {
    for (const stream of [false, true]) {
      await (stream ? drain(theirs) : client.models.generateContent({ model: MODEL, ...theirs }));
      const exchange = gemini.translate(
        makeCall({ ...ours, stream }, { model: MODEL, ...(capabilities && { capabilities }) }),
      );
      const said = sent.pop();
      expect(JSON.parse(exchange.body)).toEqual(withoutEmpty(said?.body));
      expect(exchange.path).toBe(said?.path);
    }
  });

  it('authorizes in the same way', async () => {
    await client.models.generateContent({ model: MODEL, contents: 'Hi' });
    const { endpoint } = makeCall({});
    const request = { url: 'https://google.test/', headers: {}, body: '' };
    const { headers } = await gemini.authorize(request, endpoint, 0);
    expect(headers).toEqual({ 'x-goog-api-key': sent.pop()?.key });
  });
});

async function drain(parameters: Omit<GenerateContentParameters, 'model'>): Promise<void> {
  for await (const _ of await client.models.generateContentStream({ model: MODEL, ...parameters }));
}

/** The client always sends `generationConfig`, if only an empty one. */
function withoutEmpty(body: unknown): unknown {
  const { generationConfig, ...rest } = body as Record<string, unknown>;
  return Object.keys(generationConfig ?? {}).length > 0 ? body : rest;
}
