import { describe, expect, it } from 'vitest';
import { gemini } from '../../providers/gemini/index.ts';
import type { ChatMessage, ChatRequest } from '../../src/core/chat.ts';
import { Secret } from '../../src/core/secret.ts';
import { makeCall } from '../support/call.ts';
import { collect, sse, testProvider, type AnswerRow, type RequestRow } from './contract.ts';

const ISSUER = 'gemini/gemini-test';
const STREAM_PATH = '/v1beta/models/gemini-test:streamGenerateContent?alt=sse';

const FLASH_2 = {
  capabilities: {
    reasoning: 'thinking_budget',
    efforts: ['none', 'minimal', 'low', 'medium', 'high'],
    structuredOutputWithTools: false,
  },
} as const;
const PRO_2 = { capabilities: { ...FLASH_2.capabilities, efforts: ['minimal', 'low', 'medium', 'high'] } } as const;
const FLASH_3 = {
  capabilities: { reasoning: 'thinking_level', efforts: ['minimal', 'low', 'medium', 'high'] },
} as const;
const PRO_3 = { capabilities: { reasoning: 'thinking_level', efforts: ['low', 'medium', 'high'] } } as const;
const VERTEX = { settings: { project: 'our project' } } as const;
const VERTEX_3 = { ...VERTEX, ...FLASH_3 } as const;

const hi = [{ role: 'user', parts: [{ text: 'Hi' }] }];
const parameters = { type: 'object', properties: { city: { type: 'string' } } };
const weather = {
  type: 'function',
  function: { name: 'weather', description: 'The weather', parameters },
} as const satisfies NonNullable<ChatRequest['tools']>[number];
const strict = { ...weather, function: { ...weather.function, strict: true } };
const clock = { type: 'function', function: { name: 'clock' } } as const;
const custom = { type: 'custom', custom: { name: 'shell', description: 'Runs' } } as const;
const weatherTool = { name: 'weather', description: 'The weather', parametersJsonSchema: parameters };
const declared = [{ functionDeclarations: [weatherTool] }];
const both = [{ functionDeclarations: [weatherTool, { name: 'clock' }] }];
const schemaOf = (schema: Record<string, unknown>, isStrict = false) => ({
  type: 'json_schema' as const,
  json_schema: { name: 'city', schema, strict: isStrict },
});

type Call = NonNullable<Extract<ChatMessage, { role: 'assistant' }>['tool_calls']>[number];
const called = (id: string, city: string, extra?: Record<string, unknown>) =>
  ({
    id,
    type: 'function',
    function: { name: 'weather', arguments: JSON.stringify({ city }) },
    ...(extra && { extra_content: extra }),
  }) as Call;
const result = (id: string, content: string): ChatMessage => ({ role: 'tool', tool_call_id: id, content });
const loop = (calls: Call[], details: unknown[] = [], results = calls.map(({ id }) => result(id, 'rain'))) =>
  [
    { role: 'user', content: 'Weather?' },
    { role: 'assistant', content: null, tool_calls: calls, reasoning_details: details },
    ...results,
  ] as ChatMessage[];
const encrypted = (data: string, id: string | null, issuer = ISSUER) => ({
  type: 'reasoning.encrypted',
  data,
  id,
  format: 'google-gemini-v1',
  issuer,
});
const callPart = (city: string, rest: Record<string, unknown> = {}, id: Record<string, unknown> = {}) => ({
  functionCall: { ...id, name: 'weather', args: { city } },
  ...rest,
});
const DEEP = `${'{"a":'.repeat(6000)}1${'}'.repeat(6000)}`;
const responsePart = (id: Record<string, unknown> = {}, response: Record<string, unknown> = { output: 'rain' }) => ({
  functionResponse: { ...id, name: 'weather', response },
});
const contentsOf = (model: unknown[], user: unknown[]) => ({
  contents: [
    { role: 'user', parts: [{ text: 'Weather?' }] },
    { role: 'model', parts: model },
    { role: 'user', parts: user },
  ],
});
/** What every request to a model that thinks holds. */
const THOUGHTS = { generationConfig: { thinkingConfig: { includeThoughts: true } } };
const SENTINEL = { thoughtSignature: 'skip_thought_signature_validator' };

function effortRows(
  title: string,
  options: RequestRow['options'] & object,
  rows: Record<string, [config: Record<string, unknown>, warns?: boolean]>,
): RequestRow[] {
  return Object.entries(rows).map(([effort, [config, warns = false]]) => ({
    name: `${title}: effort ${effort}`,
    request: { reasoning_effort: effort as 'low' },
    options,
    body: { contents: hi, generationConfig: { thinkingConfig: config } },
    warnings: warns ? [['reasoning_effort', 'changed']] : [],
  }));
}
const budget = (thinkingBudget: number) => ({ includeThoughts: true, thinkingBudget });
const level = (thinkingLevel: string) => ({ includeThoughts: true, thinkingLevel });

const PIXEL = 'iVBORw0KGgo=';
const image = (url: string, detail?: 'low' | 'high') => ({
  type: 'image_url' as const,
  image_url: { url, ...(detail && { detail }) },
});
const says = (...content: unknown[]) => ({ messages: [{ role: 'user', content }] as ChatMessage[] });
const inline = (mimeType: string, data: string) => ({ inlineData: { mimeType, data } });
const file = (fileUri: string, mimeType: string) => ({ fileData: { fileUri, mimeType } });
const parts = (...made: unknown[]) => ({ contents: [{ role: 'user', parts: made }] });
const pdf = { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } };

const requests: RequestRow[] = [
  {
    name: 'the least, at AI Studio',
    path: '/v1beta/models/gemini-test:generateContent',
    headers: { 'content-type': 'application/json' },
    lacksHeaders: ['x-goog-api-key', 'authorization'],
    body: { contents: hi },
    emulate: undefined,
    warnings: [],
  },
  { name: 'a stream is another method', request: { stream: true }, path: STREAM_PATH, body: { contents: hi } },
  {
    name: 'another version of the API',
    options: { settings: { apiVersion: 'v1' } },
    path: '/v1/models/gemini-test:generateContent',
  },
  {
    name: 'a model id with strange characters',
    options: { model: 'tuned/a b?' },
    path: '/v1beta/models/tuned%2Fa%20b%3F:generateContent',
  },
  {
    name: 'Vertex by its project',
    options: VERTEX,
    path: '/v1/projects/our%20project/locations/global/publishers/google/models/gemini-test:generateContent',
  },
  {
    name: 'Vertex in a region, streamed',
    request: { stream: true },
    options: { settings: { project: 'p', location: 'europe-west4', apiVersion: 'v1beta1' } },
    path: '/v1beta1/projects/p/locations/europe-west4/publishers/google/models/gemini-test:streamGenerateContent?alt=sse',
  },
  {
    name: 'every number',
    request: {
      max_completion_tokens: 100,
      max_tokens: 5,
      temperature: 1.5,
      top_p: 0.5,
      top_k: 3,
      seed: 7,
      stop: ['a', 'b'],
      frequency_penalty: 0.5,
      presence_penalty: -0.5,
      logprobs: true,
      top_logprobs: 2,
    },
    body: {
      contents: hi,
      generationConfig: {
        maxOutputTokens: 100,
        temperature: 1.5,
        topP: 0.5,
        topK: 3,
        seed: 7,
        stopSequences: ['a', 'b'],
        frequencyPenalty: 0.5,
        presencePenalty: -0.5,
        responseLogprobs: true,
        logprobs: 2,
      },
    },
    warnings: [],
  },
  {
    name: 'penalties, which models that think refuse',
    request: { frequency_penalty: 0.5, presence_penalty: 0 },
    options: FLASH_2,
    body: { contents: hi, generationConfig: { thinkingConfig: { includeThoughts: true } } },
    warnings: [['frequency_penalty', 'dropped']],
  },
  {
    name: 'randomness where the model has none',
    request: { temperature: 0.5, top_p: 0.5 },
    options: { capabilities: { sampling: 'none' } },
    body: { contents: hi },
    warnings: [
      ['temperature', 'dropped'],
      ['top_p', 'dropped'],
    ],
  },
  {
    name: 'more tokens than the model has',
    request: { max_tokens: 1_000_000 },
    body: { contents: hi, generationConfig: { maxOutputTokens: 64_000 } },
    warnings: [['max_tokens', 'changed']],
  },
  {
    name: 'a seed that is no int32',
    request: { seed: 2 ** 31 + 5 },
    body: { contents: hi, generationConfig: { seed: 5 } },
    warnings: [['seed', 'changed']],
  },
  {
    name: 'as many stop sequences as it takes, the others left to the router',
    request: { stop: ['1', '2', '3', '4', '5', '6'] },
    has: { generationConfig: { stopSequences: ['1', '2', '3', '4', '5'] } },
    emulate: { stop: ['6'] },
    warnings: [['stop', 'emulated']],
  },
  {
    name: 'stop where the model has none',
    request: { stop: 'END' },
    options: { capabilities: { stop: false } },
    body: { contents: hi },
    emulate: { stop: ['END'] },
    warnings: [['stop', 'emulated']],
  },
  {
    name: 'several answers',
    request: { n: 3 },
    body: { contents: hi },
    emulate: { copies: 3 },
    warnings: [['n', 'emulated']],
  },
  {
    name: 'what has no word and no harm',
    request: {
      user: 'u',
      safety_identifier: 's',
      prompt_cache_key: 'k',
      store: false,
      logit_bias: {},
      metadata: { a: 'b' },
      prediction: { type: 'content', content: 'x' },
      modalities: ['text'],
      stream_options: { include_usage: true },
      response_format: { type: 'text' },
    },
    body: { contents: hi },
    warnings: [],
  },
  {
    name: 'what has no word',
    request: { store: true, verbosity: 'low', parallel_tool_calls: false, tools: [clock], moderation: { model: 'm' } },
    warnings: [
      ['moderation', 'dropped'],
      ['parallel_tool_calls', 'dropped'],
      ['store', 'dropped'],
      ['verbosity', 'dropped'],
    ],
  },
  ...(
    [
      ['auto', undefined],
      ['default', 'standard'],
      ['flex', 'flex'],
      ['priority', 'priority'],
      ['fast', 'priority'],
    ] as const
  ).map(([ours, theirs]): RequestRow => ({
    name: `service tier ${ours}`,
    request: { service_tier: ours },
    body: { contents: hi, ...(theirs && { serviceTier: theirs }) },
    warnings: [],
  })),
  { name: 'service tier scale', request: { service_tier: 'scale' }, warnings: [['service_tier', 'dropped']] },
  {
    name: 'metadata as labels on Vertex',
    request: { metadata: { 'Team Name': 'Köln' } },
    options: VERTEX,
    body: { contents: hi, labels: { team_name: 'k_ln' } },
  },
  {
    name: 'native fields last',
    request: { temperature: 1, extra_body: { gemini: { generationConfig: { temperature: 2 }, cachedContent: 'c' } } },
    body: { contents: hi, generationConfig: { temperature: 2 }, cachedContent: 'c' },
  },
  {
    name: "native fields under Google's name",
    request: { extra_body: { google: { safetySettings: [] } } },
    body: { contents: hi, safetySettings: [] },
  },
  {
    name: 'images in the answer',
    request: { modalities: ['text', 'image'] as unknown as ['text'] },
    body: { contents: hi, generationConfig: { responseModalities: ['TEXT', 'IMAGE'] } },
  },
  {
    name: 'system messages, one part each; later ones stay in place',
    request: {
      messages: [
        { role: 'system', content: 'One' },
        { role: 'developer', content: [{ type: 'text', text: 'Two' }] },
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Yes?' },
        { role: 'system', content: 'Late' },
        { role: 'user', content: 'Go' },
      ],
    },
    body: {
      contents: [
        ...hi,
        { role: 'model', parts: [{ text: 'Yes?' }] },
        { role: 'user', parts: [{ text: '<system-reminder>\nLate\n</system-reminder>' }, { text: 'Go' }] },
      ],
      systemInstruction: { parts: [{ text: 'One' }, { text: 'Two' }] },
    },
  },

  // Media.
  {
    name: 'an inline image',
    request: says({ type: 'text', text: 'See' }, image(`data:image/png;base64,${PIXEL}`)),
    body: parts({ text: 'See' }, inline('image/png', PIXEL)),
    warnings: [],
  },
  {
    name: 'an image elsewhere',
    request: says(image('https://x.test/a.webp?size=1'), image('https://x.test/plain')),
    body: parts(file('https://x.test/a.webp?size=1', 'image/webp'), file('https://x.test/plain', 'image/jpeg')),
  },
  {
    name: "an address of Google's own for a model that fetches nothing",
    request: says(
      { type: 'video_url', video_url: { url: 'https://www.youtube.com/watch?v=1' } },
      image('gs://bucket/a.png'),
    ),
    options: { capabilities: { remoteMedia: false } },
    body: parts(file('https://www.youtube.com/watch?v=1', 'video/mp4'), file('gs://bucket/a.png', 'image/png')),
  },
  {
    name: 'audio, a document and an uploaded file',
    request: says({ type: 'input_audio', input_audio: { data: 'UklG', format: 'wav' } }, pdf, {
      type: 'file',
      file: { file_id: 'files/abc', filename: 'b.csv' },
    }),
    body: parts(
      inline('audio/wav', 'UklG'),
      inline('application/pdf', 'JVBERi0='),
      file('https://generativelanguage.googleapis.com/v1beta/files/abc', 'text/csv'),
    ),
  },
  {
    name: 'one detail for all images',
    request: says(image('https://x.test/a.png', 'low'), image('https://x.test/b.png', 'low')),
    body: {
      ...parts(file('https://x.test/a.png', 'image/png'), file('https://x.test/b.png', 'image/png')),
      generationConfig: { mediaResolution: 'MEDIA_RESOLUTION_LOW' },
    },
    warnings: [],
  },
  {
    name: 'a detail for each image on Gemini 3',
    request: says(image('https://x.test/a.png', 'low'), image('https://x.test/b.png')),
    options: FLASH_3,
    has: parts(
      { ...file('https://x.test/a.png', 'image/png'), mediaResolution: { level: 'MEDIA_RESOLUTION_LOW' } },
      file('https://x.test/b.png', 'image/png'),
    ),
    warnings: [],
  },
  {
    name: 'a detail for each image before Gemini 3',
    request: says(image('https://x.test/a.png', 'low'), image('https://x.test/b.png', 'high')),
    has: { generationConfig: { mediaResolution: 'MEDIA_RESOLUTION_HIGH' } },
    warnings: [['messages.0.content.0.image_url.detail', 'changed']],
  },

  // Tools.
  {
    name: 'tools in one entry, without arguments for none',
    request: { tools: [weather, clock] },
    body: { contents: hi, tools: both },
    warnings: [],
  },
  {
    name: 'a strict tool is validated',
    request: { tools: [strict] },
    body: { contents: hi, tools: declared, toolConfig: { functionCallingConfig: { mode: 'VALIDATED' } } },
  },
  {
    name: 'a strict tool where nothing validates it',
    request: { tools: [clock, strict] },
    options: { capabilities: { strictTools: false } },
    lacks: ['toolConfig'],
    warnings: [['tools.1.function.strict', 'dropped']],
  },
  {
    name: 'a constraint that Gemini does not know',
    request: {
      tools: [
        {
          type: 'function',
          function: {
            name: 'weather',
            parameters: { type: 'object', properties: { city: { type: 'string', pattern: '^A' } } },
          },
        },
      ],
    },
    warnings: [['tools.0.function.parameters', 'changed']],
  },
  {
    name: 'a custom tool has one string',
    request: { tools: [custom] },
    warnings: [['tools.0', 'emulated']],
    has: {
      tools: [
        {
          functionDeclarations: [
            {
              name: 'shell',
              description: 'Runs',
              parametersJsonSchema: {
                type: 'object',
                properties: { input: { type: 'string' } },
                required: ['input'],
              },
            },
          ],
        },
      ],
    },
  },
  ...(
    [
      ['auto', 'auto', undefined],
      ['none', 'none', { mode: 'NONE' }],
      ['required', 'required', { mode: 'ANY' }],
      [
        'a named tool',
        { type: 'function', function: { name: 'weather' } },
        { mode: 'ANY', allowedFunctionNames: ['weather'] },
      ],
      [
        'one of some',
        {
          type: 'allowed_tools',
          allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'weather' } }] },
        },
        { mode: 'ANY', allowedFunctionNames: ['weather'] },
      ],
    ] as const
  ).map(([name, choice, config]): RequestRow => ({
    name: `choice: ${name}`,
    request: { tools: [weather, clock], tool_choice: choice as NonNullable<ChatRequest['tool_choice']> },
    body: { contents: hi, tools: both, ...(config && { toolConfig: { functionCallingConfig: config } }) },
    warnings: [],
  })),
  {
    name: 'choice: some or none',
    request: {
      tools: [weather, clock],
      tool_choice: {
        type: 'allowed_tools',
        allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'weather' } }] },
      },
    },
    body: { contents: hi, tools: declared },
  },
  {
    name: 'a forced choice where none can be forced',
    request: { tools: [weather], tool_choice: { type: 'function', function: { name: 'weather' } } },
    options: { capabilities: { forcedToolChoice: false } },
    body: {
      contents: hi,
      tools: declared,
      systemInstruction: {
        parts: [{ text: 'You must answer by calling the tool `weather`. Do not answer in text alone.' }],
      },
    },
    emulate: { toolRequired: { name: 'weather' } },
  },
  {
    name: 'a name that Gemini refuses is another, everywhere',
    request: {
      messages: [
        { role: 'user', content: 'Weather?' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c1', type: 'function', function: { name: '1st', arguments: '' } }],
        },
        result('c1', 'rain'),
      ],
      tools: [{ type: 'function', function: { name: '1st' } }],
      tool_choice: { type: 'function', function: { name: '1st' } },
    },
    body: {
      contents: [
        { role: 'user', parts: [{ text: 'Weather?' }] },
        {
          role: 'model',
          parts: [{ functionCall: { id: 'c1', name: expect.stringMatching(/^tool_1st_/) as string, args: {} } }],
        },
        {
          role: 'user',
          parts: [
            {
              functionResponse: {
                id: 'c1',
                name: expect.stringMatching(/^tool_1st_/) as string,
                response: { output: 'rain' },
              },
            },
          ],
        },
      ],
      tools: [{ functionDeclarations: [{ name: expect.stringMatching(/^tool_1st_/) as string }] }],
      toolConfig: {
        functionCallingConfig: { mode: 'ANY', allowedFunctionNames: [expect.stringMatching(/^tool_1st_/) as string] },
      },
    },
  },
  {
    name: 'web search',
    request: { web_search_options: { search_context_size: 'low' } },
    body: { contents: hi, tools: [{ googleSearch: {} }] },
    warnings: [['web_search_options.search_context_size', 'dropped']],
  },
  {
    name: 'web search beside functions on Gemini 3',
    request: { web_search_options: {}, tools: [clock] },
    options: FLASH_3,
    has: {
      tools: [{ functionDeclarations: [{ name: 'clock' }] }, { googleSearch: {} }],
      toolConfig: { includeServerSideToolInvocations: true },
    },
  },
  {
    name: 'web search beside functions on Vertex',
    request: { web_search_options: {}, tools: [clock] },
    options: VERTEX_3,
    lacks: ['toolConfig'],
  },

  // Tool results and signatures.
  {
    name: 'calls and results by their ids',
    request: { messages: loop([called('c1', 'Oslo'), called('c2', 'Rome')]) },
    body: contentsOf(
      [callPart('Oslo', {}, { id: 'c1' }), callPart('Rome', {}, { id: 'c2' })],
      [responsePart({ id: 'c1' }), responsePart({ id: 'c2' })],
    ),
    warnings: [],
  },
  {
    name: 'no ids on Vertex before Gemini 3',
    request: { messages: loop([called('c1', 'Oslo')]) },
    options: { ...VERTEX, ...FLASH_2 },
    body: { ...contentsOf([callPart('Oslo')], [responsePart()]), ...THOUGHTS },
  },
  {
    name: 'an id that is too strange is another',
    request: { messages: loop([called('c 1', 'Oslo')]) },
    body: contentsOf(
      [callPart('Oslo', {}, { id: expect.stringMatching(/^call_\w{24}$/) as string })],
      [responsePart({ id: expect.stringMatching(/^call_\w{24}$/) as string })],
    ),
  },
  {
    name: 'a result that is an object, a list, an error, or holds references',
    request: {
      messages: loop(
        [called('c1', 'a'), called('c2', 'b'), called('c3', 'c'), called('c4', 'd')],
        [],
        [
          result('c1', '{"sky":"grey"}'),
          result('c2', '[1]'),
          { ...result('c3', 'gone'), is_error: true } as ChatMessage,
          result('c4', '{"$ref":"#/x"}'),
        ],
      ),
    },
    body: contentsOf(
      [
        callPart('a', {}, { id: 'c1' }),
        callPart('b', {}, { id: 'c2' }),
        callPart('c', {}, { id: 'c3' }),
        callPart('d', {}, { id: 'c4' }),
      ],
      [
        responsePart({ id: 'c1' }, { sky: 'grey' }),
        responsePart({ id: 'c2' }, { output: '[1]' }),
        responsePart({ id: 'c3' }, { error: 'gone' }),
        responsePart({ id: 'c4' }, { output: '{"$ref":"#/x"}' }),
      ],
    ),
  },
  {
    name: 'a result that is too deep stays text',
    request: { messages: loop([called('c1', 'a')], [], [result('c1', DEEP)]) },
    body: contentsOf([callPart('a', {}, { id: 'c1' })], [responsePart({ id: 'c1' }, { output: DEEP })]),
  },
  ...[FLASH_2, FLASH_3].map((options): RequestRow => ({
    name: `an image in a tool's result (${options.capabilities.reasoning})`,
    request: {
      messages: [
        ...loop([called('c1', 'Oslo')], [encrypted('sig', 'c1')], []),
        {
          role: 'tool',
          tool_call_id: 'c1',
          content: [image(`data:image/png;base64,${PIXEL}`)],
        } as unknown as ChatMessage,
        { role: 'user', content: 'And?' },
      ],
    },
    options,
    body: {
      ...contentsOf(
        [callPart('Oslo', { thoughtSignature: 'sig' }, { id: 'c1' })],
        options === FLASH_3
          ? [
              {
                functionResponse: {
                  id: 'c1',
                  name: 'weather',
                  response: { output: '' },
                  parts: [inline('image/png', PIXEL)],
                },
              },
              { text: 'And?' },
            ]
          : [
              responsePart({ id: 'c1' }, { output: '' }),
              { text: '(returned by tool weather)' },
              inline('image/png', PIXEL),
              { text: 'And?' },
            ],
      ),
      ...THOUGHTS,
    },
  })),
  {
    name: 'signatures from the reasoning details, before those on the calls',
    request: {
      messages: loop(
        [called('c1', 'Oslo', { google: { thought_signature: 'stale' } }), called('c2', 'Rome')],
        [encrypted('sig', 'c1')],
      ),
    },
    options: FLASH_3,
    body: {
      ...contentsOf(
        [callPart('Oslo', { thoughtSignature: 'sig' }, { id: 'c1' }), callPart('Rome', {}, { id: 'c2' })],
        [responsePart({ id: 'c1' }), responsePart({ id: 'c2' })],
      ),
      ...THOUGHTS,
    },
  },
  {
    name: 'a signature on the call alone',
    request: {
      messages: loop([called('c1', 'Oslo', { google: { thought_signature: 'sig' }, signalbox: { issuer: ISSUER } })]),
    },
    options: FLASH_3,
    body: {
      ...contentsOf([callPart('Oslo', { thoughtSignature: 'sig' }, { id: 'c1' })], [responsePart({ id: 'c1' })]),
      ...THOUGHTS,
    },
  },
  {
    name: "another issuer's signature is none",
    request: {
      messages: loop(
        [called('c1', 'Oslo', { google: { thought_signature: 'x' }, signalbox: { issuer: 'vertex/gemini-test' } })],
        [encrypted('x', 'c1', 'vertex/gemini-test')],
      ),
    },
    options: FLASH_3,
    body: { ...contentsOf([callPart('Oslo', SENTINEL, { id: 'c1' })], [responsePart({ id: 'c1' })]), ...THOUGHTS },
  },
  {
    name: 'without a signature Gemini 3 gets its sentinel, on the first call of a step',
    request: { messages: loop([called('c1', 'Oslo'), called('c2', 'Rome')]) },
    options: FLASH_3,
    body: {
      ...contentsOf(
        [callPart('Oslo', SENTINEL, { id: 'c1' }), callPart('Rome', {}, { id: 'c2' })],
        [responsePart({ id: 'c1' }), responsePart({ id: 'c2' })],
      ),
      ...THOUGHTS,
    },
  },
  {
    name: 'signatures that were refused are left out',
    request: {
      messages: loop([called('c1', 'Oslo', { google: { thought_signature: 'sig' } })], [encrypted('sig', 'c1')]),
    },
    options: { ...FLASH_3, omitReasoning: true },
    body: { ...contentsOf([callPart('Oslo', SENTINEL, { id: 'c1' })], [responsePart({ id: 'c1' })]), ...THOUGHTS },
  },
  {
    name: 'a signature without a call stands on the text; summaries are not sent back',
    request: {
      messages: [
        { role: 'user', content: 'Weather?' },
        {
          role: 'assistant',
          content: 'Rain',
          reasoning_details: [
            { type: 'reasoning.text', text: 'Hm', signature: null, format: 'google-gemini-v1', issuer: ISSUER },
            encrypted('sig', null),
          ],
        } as ChatMessage,
        { role: 'user', content: 'And?' },
      ],
    },
    body: contentsOf([{ text: 'Rain', thoughtSignature: 'sig' }], [{ text: 'And?' }]),
  },
  {
    name: 'a signed thought goes back whole',
    request: {
      messages: [
        { role: 'user', content: 'Weather?' },
        {
          role: 'assistant',
          content: 'Rain',
          reasoning_details: [
            { type: 'reasoning.text', text: 'Hm', signature: 'sig', format: 'google-gemini-v1', issuer: ISSUER },
          ],
        } as ChatMessage,
        { role: 'user', content: 'And?' },
      ],
    },
    body: contentsOf([{ text: 'Hm', thought: true, thoughtSignature: 'sig' }, { text: 'Rain' }], [{ text: 'And?' }]),
  },

  // JSON.
  {
    name: 'any JSON object',
    request: { response_format: { type: 'json_object' } },
    body: { contents: hi, generationConfig: { responseMimeType: 'application/json' } },
    emulate: undefined,
  },
  {
    name: 'a schema',
    request: { response_format: schemaOf(parameters) },
    body: {
      contents: hi,
      generationConfig: { responseMimeType: 'application/json', responseJsonSchema: parameters },
    },
    emulate: undefined,
    warnings: [],
  },
  {
    name: 'a strict schema with more than Gemini knows is checked',
    request: { response_format: schemaOf({ type: 'string', pattern: '^A' }, true) },
    emulate: { json: { schema: { type: 'string', pattern: '^A' } } },
    warnings: [['response_format', 'emulated']],
  },
  {
    name: 'a loose schema with more than Gemini knows is warned of',
    request: { response_format: schemaOf({ type: 'string', pattern: '^A' }) },
    emulate: undefined,
    warnings: [['response_format', 'changed']],
  },
  {
    name: 'a schema beside tools before Gemini 3',
    request: { response_format: schemaOf(parameters), tools: [weather] },
    options: { capabilities: { structuredOutputWithTools: false } },
    body: {
      contents: hi,
      systemInstruction: { parts: [{ text: expect.stringContaining('JSON Schema') as string }] },
      tools: declared,
    },
    emulate: { json: { schema: parameters } },
    warnings: [['response_format', 'emulated']],
  },
  {
    name: 'JSON where the model has no mode for it',
    request: { response_format: { type: 'json_object' } },
    options: { capabilities: { structuredOutput: false } },
    lacks: ['generationConfig'],
    emulate: { json: {} },
    warnings: [['response_format', 'emulated']],
  },

  {
    name: 'JSON beside a search before Gemini 3',
    request: { response_format: { type: 'json_object' }, web_search_options: {} },
    options: { capabilities: { structuredOutputWithTools: false } },
    lacks: ['generationConfig'],
    emulate: { json: {} },
  },

  // Thinking.
  ...effortRows('2.5 Flash', FLASH_2, {
    none: [{ thinkingBudget: 0 }],
    minimal: [budget(512)],
    low: [budget(1024)],
    medium: [budget(8192)],
    high: [budget(24_576)],
    xhigh: [budget(24_576)],
    max: [budget(24_576)],
  }),
  ...effortRows('2.5 Pro', PRO_2, {
    none: [budget(128), true],
    high: [budget(24_576)],
    xhigh: [budget(32_768)],
    max: [budget(32_768)],
  }),
  ...effortRows('3 Flash', FLASH_3, {
    none: [level('MINIMAL')],
    minimal: [level('MINIMAL')],
    low: [level('LOW')],
    medium: [level('MEDIUM')],
    high: [level('HIGH')],
    xhigh: [level('HIGH')],
    max: [level('HIGH')],
  }),
  ...effortRows('3 Pro and 4', PRO_3, {
    none: [level('LOW'), true],
    minimal: [level('LOW'), true],
    low: [level('LOW')],
    max: [level('HIGH')],
  }),
  {
    name: 'thoughts are shown when nobody says how much to think',
    options: FLASH_3,
    body: { contents: hi, generationConfig: { thinkingConfig: { includeThoughts: true } } },
  },
  {
    name: 'hidden thoughts',
    request: { reasoning: { effort: 'low', exclude: true } },
    options: FLASH_3,
    body: { contents: hi, generationConfig: { thinkingConfig: { thinkingLevel: 'LOW' } } },
  },
  {
    name: 'a budget of the client for 2.5',
    request: { reasoning: { max_tokens: 50_000 } },
    options: FLASH_2,
    body: { contents: hi, generationConfig: { thinkingConfig: budget(24_576) } },
    warnings: [['reasoning', 'changed']],
  },
  {
    name: 'a budget of the client for 3',
    request: { reasoning: { max_tokens: 9000 } },
    options: FLASH_3,
    body: { contents: hi, generationConfig: { thinkingConfig: level('MEDIUM') } },
    warnings: [['reasoning', 'changed']],
  },
  {
    name: 'effort for a model that does not think',
    request: { reasoning_effort: 'high' },
    body: { contents: hi },
    warnings: [['reasoning_effort', 'dropped']],
  },
];

const chunk = (candidate: Record<string, unknown>, rest: Record<string, unknown> = {}) => ({
  candidates: [{ index: 0, ...candidate }],
  modelVersion: 'gemini-test-001',
  responseId: 'r1',
  ...rest,
});
const model = (...made: unknown[]) => ({ content: { role: 'model', parts: made } });
const STOP = { finishReason: 'STOP' };
const counted = { promptTokenCount: 10, candidatesTokenCount: 4, totalTokenCount: 14 };
const thoughtDetail = (text: string) => ({
  type: 'reasoning.text',
  text,
  signature: null,
  format: 'google-gemini-v1',
  issuer: ISSUER,
  index: 0,
});
const detail = (data: string, id: string | null, index: number) => ({ ...encrypted(data, id), index });
const extra = (thoughtSignature: string) => ({
  extra_content: { google: { thought_signature: thoughtSignature }, signalbox: { issuer: ISSUER } },
});
const callOf = (id: string, name: string, args: string) => ({
  id,
  type: 'function',
  function: { name, arguments: args },
});
const newId = (number: number) => `call_${String(number).padStart(24, '0')}`;
const GREETING = '🎉 Grüße! Rain in Oslo.';
const grounding = {
  groundingMetadata: {
    groundingChunks: [
      { web: { uri: 'https://a.test', title: 'A' } },
      { retrievedContext: { text: 'no address' } },
      { maps: { uri: 'https://b.test', title: 'B' } },
    ],
    groundingSupports: [
      { segment: { endIndex: 13, text: '🎉 Grüße!' }, groundingChunkIndices: [0, 1] },
      { segment: { startIndex: 14, endIndex: 27, text: 'Rain in Oslo.' }, groundingChunkIndices: [2] },
    ],
  },
};
const sourcesAlone = { groundingMetadata: { groundingChunks: grounding.groundingMetadata.groundingChunks } };
const citation = (url: string, title: string, start: number, end: number) => ({
  type: 'url_citation',
  url_citation: { url, title, start_index: start, end_index: end },
});

const answers: AnswerRow[] = [
  {
    name: 'text, with everything around it',
    whole: chunk({ ...model({ text: 'Hello' }), ...STOP }, { usageMetadata: { ...counted, serviceTier: 'standard' } }),
    stream: sse(
      chunk(model({ text: 'Hel' }), { usageMetadata: { promptTokenCount: 10 } }),
      chunk({ ...model({ text: 'lo' }), ...STOP }, { usageMetadata: { ...counted, serviceTier: 'standard' } }),
    ),
    message: { content: 'Hello' },
    finish: 'stop',
    native: 'STOP',
    model: 'gemini-test-001',
    upstreamId: 'r1',
    serviceTier: 'default',
    usage: {
      prompt_tokens: 10,
      completion_tokens: 4,
      total_tokens: 14,
      prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
    },
  },
  {
    name: 'usage: thoughts and tool prompts are counted beside, the cache inside; the tier by its traffic',
    whole: chunk(
      { ...model({ text: 'A' }), ...STOP },
      {
        usageMetadata: {
          promptTokenCount: 100,
          toolUsePromptTokenCount: 20,
          cachedContentTokenCount: 60,
          candidatesTokenCount: 5,
          thoughtsTokenCount: 7,
          totalTokenCount: 132,
          trafficType: 'ON_DEMAND_FLEX',
        },
      },
    ),
    message: { content: 'A' },
    finish: 'stop',
    serviceTier: 'flex',
    usage: {
      prompt_tokens: 120,
      completion_tokens: 12,
      total_tokens: 132,
      prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 7 },
    },
  },
  {
    name: 'no usage, no version: the model that was asked',
    whole: { candidates: [{ ...model({ text: 'A' }), ...STOP }], usageMetadata: { trafficType: 'ON_DEMAND' } },
    message: { content: 'A' },
    finish: 'stop',
    model: 'gemini-test',
    usage: undefined,
  },
  {
    name: 'thoughts, and a signature on an empty last text',
    stream: sse(
      chunk(model({ text: 'Let me ', thought: true })),
      chunk(model({ text: 'see.', thought: true })),
      chunk(model({ text: 'Rain' })),
      chunk({ ...model({ text: '', thoughtSignature: 'sig' }), ...STOP }),
    ),
    whole: chunk({
      ...model({ text: 'Let me see.', thought: true }, { text: 'Rain' }, { text: '', thoughtSignature: 'sig' }),
      ...STOP,
    }),
    message: {
      content: 'Rain',
      reasoning_content: 'Let me see.',
      reasoning_details: [thoughtDetail('Let me see.'), detail('sig', null, 1)],
    },
    finish: 'stop',
  },
  {
    name: 'a part that is nothing but a signature, and a signed thought',
    whole: chunk({
      ...model({ text: 'Hm', thought: true, thoughtSignature: 'a' }, { text: 'Rain' }, { thoughtSignature: 'b' }),
      ...STOP,
    }),
    message: {
      content: 'Rain',
      reasoning_content: 'Hm',
      reasoning_details: [{ ...thoughtDetail('Hm'), signature: 'a' }, detail('b', null, 1)],
    },
    finish: 'stop',
  },
  {
    name: 'parallel calls, of which the first is signed; STOP means tool_calls',
    whole: chunk({
      ...model(
        { functionCall: { id: 'x1', name: 'weather', args: { city: 'Oslo' } }, thoughtSignature: 'sig' },
        { functionCall: { name: 'clock' } },
      ),
      ...STOP,
    }),
    stream: sse(
      chunk(model({ functionCall: { id: 'x1', name: 'weather', args: { city: 'Oslo' } }, thoughtSignature: 'sig' })),
      chunk(model({ functionCall: { name: 'clock' } })),
      chunk({ ...model({ text: '' }), ...STOP }),
    ),
    message: {
      content: null,
      tool_calls: [{ ...callOf('x1', 'weather', '{"city":"Oslo"}'), ...extra('sig') }, callOf(newId(1), 'clock', '{}')],
      reasoning_details: [detail('sig', 'x1', 0)],
    },
    finish: 'tool_calls',
    native: 'STOP',
  },
  {
    name: 'a call whose arguments come leaf by leaf',
    stream: sse(
      chunk(model({ functionCall: { id: 'x1', name: 'weather', willContinue: true } })),
      chunk(
        model({
          functionCall: {
            partialArgs: [{ jsonPath: '$.city', stringValue: 'Os', willContinue: true }],
            willContinue: true,
          },
        }),
      ),
      chunk(
        model({
          functionCall: {
            partialArgs: [
              { jsonPath: '$.city', stringValue: 'lo' },
              { jsonPath: "$.days[0]['is.wet']", boolValue: true },
              { jsonPath: '$.days[1].depth', numberValue: 2 },
              { jsonPath: '$.note', nullValue: 'NULL_VALUE' },
              { jsonPath: '$.__proto__.polluted', boolValue: true },
            ],
            willContinue: true,
          },
        }),
      ),
      chunk(model({ functionCall: {} })),
      chunk({ ...model({ functionCall: { name: 'clock' } }), ...STOP }),
    ),
    message: {
      content: null,
      tool_calls: [
        callOf(
          'x1',
          'weather',
          '{"city":"Oslo","days":[{"is.wet":true},{"depth":2}],"note":null,"__proto__":{"polluted":true}}',
        ),
        callOf(newId(1), 'clock', '{}'),
      ],
    },
    finish: 'tool_calls',
  },
  {
    name: 'a custom tool is unwrapped',
    request: { tools: [custom] },
    whole: chunk({ ...model({ functionCall: { id: 'x1', name: 'shell', args: { input: 'ls -l' } } }), ...STOP }),
    stream: sse(chunk({ ...model({ functionCall: { id: 'x1', name: 'shell', args: { input: 'ls -l' } } }), ...STOP })),
    message: { content: null, tool_calls: [{ id: 'x1', type: 'custom', custom: { name: 'shell', input: 'ls -l' } }] },
    finish: 'tool_calls',
  },
  {
    name: 'a call that is cut by the length stays cut',
    whole: chunk({ ...model({ functionCall: { id: 'x1', name: 'clock' } }), finishReason: 'MAX_TOKENS' }),
    message: { content: null, tool_calls: [callOf('x1', 'clock', '{}')] },
    finish: 'length',
  },
  {
    name: 'a prompt that was blocked',
    whole: { promptFeedback: { blockReason: 'MODEL_ARMOR' }, usageMetadata: { trafficType: 'ON_DEMAND' } },
    stream: sse({ promptFeedback: { blockReason: 'MODEL_ARMOR' }, modelVersion: 'gemini-test-001' }),
    message: { content: null, refusal: 'Prompt blocked: MODEL_ARMOR' },
    finish: 'content_filter',
    native: 'MODEL_ARMOR',
  },
  {
    name: 'what was filtered on its way stays',
    whole: chunk({ ...model({ text: 'Half' }), finishReason: 'SAFETY' }),
    message: { content: 'Half' },
    finish: 'content_filter',
    native: 'SAFETY',
  },
  {
    name: 'images; speech and drafts of images have no place',
    whole: chunk({
      ...model(
        { ...inline('image/png', 'draft'), thought: true },
        { text: 'Here' },
        inline('image/png', PIXEL),
        inline('audio/L16', 'AAAA'),
      ),
      ...STOP,
    }),
    message: {
      content: 'Here',
      images: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } }],
    },
    finish: 'stop',
  },
  {
    name: "Google's own code as fenced text, its own tools not at all",
    whole: chunk({
      ...model(
        { toolCall: { id: 's1', toolType: 'FILE_SEARCH' }, thoughtSignature: 'own' },
        { executableCode: { language: 'PYTHON', code: 'print(1)' } },
        { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1\n' } },
        { text: 'One.' },
      ),
      ...STOP,
    }),
    message: {
      content: '\n```python\nprint(1)\n```\n\n```\n1\n```\nOne.',
      reasoning_details: [detail('own', 's1', 0)],
    },
    finish: 'stop',
  },
  {
    name: 'sources, counted in bytes there and in UTF-16 here',
    whole: chunk({ ...model({ text: GREETING }), ...STOP, ...grounding }),
    stream: sse(
      chunk({ ...model({ text: GREETING.slice(0, 5) }), groundingMetadata: {} }),
      chunk({ ...model({ text: GREETING.slice(5) }), ...STOP, ...grounding }),
    ),
    message: {
      content: GREETING,
      annotations: [citation('https://a.test', 'A', 0, 9), citation('https://b.test', 'B', 10, 23)],
    },
    finish: 'stop',
  },
  {
    name: 'sources of which nothing says what they support, at the end',
    whole: chunk({ ...model({ text: GREETING }), ...STOP, ...sourcesAlone }),
    stream: sse(chunk({ ...model({ text: GREETING }), ...sourcesAlone }), chunk({ ...STOP, groundingMetadata: {} })),
    message: {
      content: GREETING,
      annotations: [citation('https://a.test', 'A', 23, 23), citation('https://b.test', 'B', 23, 23)],
    },
    finish: 'stop',
  },
  {
    name: 'several candidates by their index',
    whole: {
      candidates: [
        { index: 1, ...model({ text: 'B' }), ...STOP },
        { index: 0, ...model({ text: 'A' }), ...STOP },
      ],
    },
    message: { content: 'A' },
    finish: 'stop',
    choices: 2,
  },
  {
    name: 'a stream that is one JSON array',
    stream: JSON.stringify([chunk(model({ text: 'Hel' })), chunk({ ...model({ text: 'lo' }), ...STOP })]),
    message: { content: 'Hello' },
    finish: 'stop',
  },
  {
    name: 'lines that end in CRLF',
    stream: sse(chunk(model({ text: 'Hel' })), chunk({ ...model({ text: 'lö' }), ...STOP })).replaceAll('\n', '\r\n'),
    message: { content: 'Hellö' },
    finish: 'stop',
  },
];

const refused = (code: number, status: string, message: string, details: unknown[] = []) => ({
  error: { code, message, status, details },
});
const quota = (...ids: string[]) => ({
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations: ids.map((quotaId) => ({ quotaMetric: 'generativelanguage.googleapis.com/requests', quotaId })),
});
const retryIn = (retryDelay: string) => ({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay });
const MINUTE = 'GenerateContentPaidTierInputTokensPerModelPerMinute';
const DAY = 'GenerateRequestsPerDayPerProjectPerModel-FreeTier';
const EXHAUSTED = 'RESOURCE_EXHAUSTED';

testProvider({
  provider: gemini,
  options: { model: 'gemini-test' },
  requests,
  unsupported: [
    { name: 'biased tokens', request: { logit_bias: { '1': 1 } }, param: 'logit_bias' },
    { name: 'no tokens', request: { max_completion_tokens: 0 }, param: 'max_completion_tokens' },
    { name: 'speech', request: { modalities: ['text', 'audio'] }, param: 'modalities' },
    { name: 'a voice', request: { audio: { format: 'wav', voice: 'alloy' } }, param: 'audio' },
    {
      name: 'moderation that blocks',
      request: { moderation: { model: 'm', policy: { input: { mode: 'block' } } } },
      param: 'moderation',
    },
    {
      name: 'search beside functions before Gemini 3',
      request: { web_search_options: {}, tools: [clock] },
      options: FLASH_2,
      param: 'web_search_options',
    },
    {
      name: 'a grammar',
      request: {
        tools: [
          {
            type: 'custom',
            custom: {
              name: 'g',
              format: { type: 'grammar', grammar: { syntax: 'regex', definition: 'a' } },
            },
          },
        ],
      },
      param: 'tools.0.custom.format',
    },
    {
      name: 'an address for a model that fetches nothing',
      request: says(image('https://x.test/a.png')),
      options: { capabilities: { remoteMedia: false } },
      param: 'messages.0.content.0',
    },
    {
      name: "another provider's file",
      request: says({ type: 'file', file: { file_id: 'file-abc' } }),
      param: 'messages.0.content.0',
    },
    {
      name: "AI Studio's file on Vertex",
      request: says({ type: 'file', file: { file_id: 'files/abc' } }),
      options: VERTEX,
      param: 'messages.0.content.0',
    },
    {
      name: 'an image for a model that sees none',
      request: says(image(`data:image/png;base64,${PIXEL}`)),
      options: { capabilities: { input: [] } },
      param: 'messages.0.content.0',
    },
    {
      name: 'speech for a model that hears none',
      request: says({ type: 'input_audio', input_audio: { data: 'UklG', format: 'wav' } }),
      options: { capabilities: { input: ['image'] } },
      param: 'messages.0.content.0',
    },
    {
      name: 'a document for a model that reads none',
      request: says(pdf),
      options: { capabilities: { input: ['image'] } },
      param: 'messages.0.content.0',
    },
  ],
  answers,
  finishReasons: [
    {
      whole: (finishReason) => chunk({ ...model({ text: 'A' }), finishReason }),
      stream: (finishReason) => sse(chunk(model({ text: 'A' })), chunk({ finishReason })),
      words: {
        STOP: 'stop',
        MAX_TOKENS: 'length',
        CONTINUATION: 'length',
        SAFETY: 'content_filter',
        RECITATION: 'content_filter',
        LANGUAGE: 'content_filter',
        BLOCKLIST: 'content_filter',
        PROHIBITED_CONTENT: 'content_filter',
        SPII: 'content_filter',
        MODEL_ARMOR: 'content_filter',
        IMAGE_SAFETY: 'content_filter',
        IMAGE_PROHIBITED_CONTENT: 'content_filter',
        IMAGE_RECITATION: 'content_filter',
        MALFORMED_FUNCTION_CALL: { error: 'malformed' },
        UNEXPECTED_TOOL_CALL: { error: 'malformed' },
        TOO_MANY_TOOL_CALLS: { error: 'malformed' },
        MALFORMED_RESPONSE: { error: 'malformed' },
        MISSING_THOUGHT_SIGNATURE: { error: 'malformed' },
        NO_IMAGE: { error: 'malformed' },
        IMAGE_OTHER: { error: 'malformed' },
        OTHER: { error: 'malformed' },
        FINISH_REASON_UNSPECIFIED: { error: 'truncated' },
        SOMETHING_NEW: 'stop',
      },
    },
  ],
  broken: [
    { name: 'an answer without an end', whole: chunk(model({ text: 'A' })), kind: 'truncated' },
    { name: 'a stream without an end', stream: sse(chunk(model({ text: 'A' }))), kind: 'truncated' },
    { name: 'no candidates', whole: { candidates: [], usageMetadata: counted }, kind: 'fault' },
    { name: 'candidates that are none', whole: { candidates: 5 }, kind: 'fault' },
    { name: 'a stream that is cut inside an event', stream: 'data: {"candidates":[{"con', kind: 'truncated' },
    { name: 'a stream that is cut inside an array', stream: '[{"candidates":[{"con', kind: 'truncated' },
    { name: 'a last event that is nothing', stream: 'data: null', kind: 'fault' },
    {
      name: 'grounding that is none',
      whole: chunk({ ...STOP, groundingMetadata: { groundingSupports: [null] } }),
      kind: 'fault',
    },
    {
      name: 'grounding that is none, streamed',
      stream: sse(chunk({ ...STOP, groundingMetadata: { groundingSupports: [null] } })),
      kind: 'fault',
    },
    { name: 'a stream of pages', stream: 'data: <html>\n\n', kind: 'fault' },
    { name: 'a page for a stream', stream: '<html>', kind: 'truncated' },
    { name: 'an event that is nothing', stream: sse('null'), kind: 'fault' },
    {
      name: 'one of two candidates without an end',
      stream: sse(chunk({ ...model({ text: 'A' }), ...STOP }), { candidates: [{ index: 1, ...model({ text: 'B' }) }] }),
      kind: 'truncated',
    },
    {
      name: 'an undeclared call, of which nothing may be passed on',
      whole: chunk({ ...model({ functionCall: { name: 'list_files' } }), finishReason: 'UNEXPECTED_TOOL_CALL' }),
      kind: 'malformed',
    },
    {
      name: 'an error as an event',
      stream: sse(chunk(model({ text: 'A' })), refused(503, 'UNAVAILABLE', 'The model is overloaded.')),
      kind: 'overload',
      message: /overloaded/,
    },
    {
      name: 'an error without data: in mid-stream',
      stream:
        sse(chunk(model({ text: 'A' }))) +
        JSON.stringify(refused(429, EXHAUSTED, 'Slow down', [quota(MINUTE), retryIn('3s')]), null, 2),
      kind: 'rate',
      retryAfterMs: 3000,
    },
    {
      name: 'an error in an array',
      stream: JSON.stringify([refused(500, 'INTERNAL', 'Oh')]),
      kind: 'fault',
      message: /Oh/,
    },
    { name: 'an error under 200', whole: refused(403, 'PERMISSION_DENIED', 'No'), kind: 'credential' },
  ],
  errors: [
    {
      name: "the caller's mistake",
      status: 400,
      body: refused(400, 'INVALID_ARGUMENT', 'Please use a valid role: user, model.'),
      kind: 'caller',
      clientStatus: 400,
      message: /valid role/,
    },
    {
      name: 'a wrong key, which is a 400',
      status: 400,
      body: refused(400, 'INVALID_ARGUMENT', 'API key not valid.', [{ reason: 'API_KEY_INVALID' }]),
      kind: 'credential',
    },
    {
      name: 'a country without a free tier',
      status: 400,
      body: refused(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'),
      kind: 'credential',
    },
    {
      name: 'too long',
      status: 400,
      body: refused(400, 'INVALID_ARGUMENT', 'The input token count exceeds the maximum number of tokens allowed (1).'),
      kind: 'context',
    },
    ...[
      'Corrupted thought signature.',
      'Unable to submit request because Thought signature is not valid.',
      'Function call is missing a thought_signature in functionCall parts.',
    ].map((message) => ({
      name: message,
      status: 400,
      body: refused(400, 'INVALID_ARGUMENT', message),
      kind: 'reasoning_rejected' as const,
    })),
    {
      name: 'what this model cannot do, but another may',
      status: 400,
      body: refused(400, 'INVALID_ARGUMENT', 'Penalty is not enabled for models/gemini-2.5-flash'),
      kind: 'misconfigured',
      clientStatus: 400,
      code: 'unsupported_parameter',
    },
    { name: 'no token', status: 401, body: refused(401, 'UNAUTHENTICATED', 'No'), kind: 'credential' },
    { name: 'no right', status: 403, body: refused(403, 'PERMISSION_DENIED', 'No'), kind: 'credential' },
    { name: 'no money', status: 402, body: refused(402, EXHAUSTED, 'Prepay credit is gone'), kind: 'exhausted' },
    { name: 'no such model', status: 404, body: refused(404, 'NOT_FOUND', 'Not found'), kind: 'misconfigured' },
    { name: 'too large', status: 413, body: '', kind: 'caller', clientStatus: 413, code: 'request_too_large' },
    { name: 'out of range', status: 416, body: refused(416, 'OUT_OF_RANGE', 'No'), kind: 'caller', clientStatus: 400 },
    {
      name: "the minute's quota, with the delay in the body",
      status: 429,
      body: refused(429, EXHAUSTED, 'Quota', [quota(MINUTE), retryIn('34.074824224s')]),
      kind: 'rate',
      retryAfterMs: 34_075,
    },
    {
      name: "the minute's quota without a delay",
      status: 429,
      body: refused(429, EXHAUSTED, 'Quota', [quota(MINUTE)]),
      kind: 'rate',
      retryAfterMs: 60_000,
    },
    {
      name: 'a delay in milliseconds',
      status: 429,
      body: refused(429, EXHAUSTED, 'Quota', [retryIn('900ms')]),
      kind: 'rate',
      retryAfterMs: 900,
    },
    {
      name: 'a delay in the sentence',
      status: 429,
      body: refused(429, EXHAUSTED, 'Quota exceeded. Please retry in 34.07s.'),
      kind: 'rate',
      retryAfterMs: 34_070,
    },
    {
      name: "the day's quota wins, whatever RetryInfo says",
      status: 429,
      body: refused(429, EXHAUSTED, 'Quota', [quota(MINUTE, DAY), retryIn('30s')]),
      kind: 'exhausted',
      retryAfterMs: undefined,
    },
    {
      name: "the day's quota, until midnight in California",
      status: 429,
      headers: { date: 'Sun, 22 Nov 2026 05:59:30 GMT', 'retry-after': '3' },
      body: refused(429, EXHAUSTED, 'Quota', [quota(DAY), retryIn('30s')]),
      kind: 'exhausted',
      retryAfterMs: (2 * 3600 + 30) * 1000,
    },
    {
      name: 'no details at all',
      status: 429,
      body: refused(429, EXHAUSTED, 'Resource has been exhausted (e.g. check quota).'),
      kind: 'rate',
      retryAfterMs: undefined,
    },
    {
      name: "Vertex's shared pool, in the array of a stream",
      status: 429,
      body: [refused(429, EXHAUSTED, 'Resource exhausted. Please try again later. Please refer to https://x')],
      kind: 'overload',
    },
    {
      name: "Vertex's provisioned throughput",
      status: 429,
      body: refused(429, EXHAUSTED, 'Exceeded the Provisioned Throughput.'),
      kind: 'rate',
    },
    {
      name: "Vertex's quota, named in the sentence",
      status: 429,
      body: refused(
        429,
        EXHAUSTED,
        'Quota exceeded for aiplatform.googleapis.com/generate_content_requests_per_minute_per_project_per_base_model',
      ),
      kind: 'rate',
      retryAfterMs: 60_000,
    },
    {
      name: 'a proxy that names the delay in a header',
      status: 429,
      headers: { 'retry-after': '7' },
      body: '',
      kind: 'rate',
      retryAfterMs: 7000,
    },
    { name: 'cancelled', status: 499, body: refused(499, 'CANCELLED', 'Cancelled'), kind: 'fault' },
    { name: 'aborted', status: 409, body: refused(409, 'ABORTED', 'Again'), kind: 'fault' },
    { name: 'broken', status: 500, body: refused(500, 'INTERNAL', 'Oh'), kind: 'fault' },
    { name: 'overloaded', status: 503, body: refused(503, 'UNAVAILABLE', 'Overloaded'), kind: 'overload' },
    { name: 'too slow', status: 504, body: refused(504, 'DEADLINE_EXCEEDED', 'Late'), kind: 'timeout' },
  ],
  authorize: [
    {
      name: "a key in Google's header",
      endpoint: { credential: { kind: 'key', secret: new Secret('AIza-key') } },
      headers: { 'x-goog-api-key': 'AIza-key' },
      lacksHeaders: ['authorization'],
    },
    {
      name: 'a key where a proxy wants it',
      endpoint: {
        credential: { kind: 'key', secret: new Secret('k') },
        settings: { keyHeader: 'Authorization' },
      },
      headers: { authorization: 'Bearer k' },
      lacksHeaders: ['x-goog-api-key'],
    },
    {
      name: 'a token',
      endpoint: { credential: { kind: 'token', resolve: async () => new Secret('ya29') } },
      headers: { authorization: 'Bearer ya29' },
      lacksHeaders: ['x-goog-api-key'],
    },
    {
      name: 'nothing',
      endpoint: { credential: { kind: 'none' } },
      headers: {},
      lacksHeaders: ['authorization', 'x-goog-api-key'],
    },
  ],
});

describe('where Google lives', () => {
  it.each([
    [{}, 'https://generativelanguage.googleapis.com'],
    [{ project: 'p' }, 'https://aiplatform.googleapis.com'],
    [{ project: 'p', location: 'global' }, 'https://aiplatform.googleapis.com'],
    [{ project: 'p', location: 'europe-west4' }, 'https://europe-west4-aiplatform.googleapis.com'],
    [{ project: 'p', location: 'eu' }, 'https://aiplatform.eu.rep.googleapis.com'],
  ])('%j is %s', (settings, url) => expect(gemini.baseUrl(settings)).toBe(url));
});

describe('an address that ends in the version', () => {
  it('is not given another', () => {
    const call = makeCall({}, { model: 'm' });
    const endpoint = { ...call.endpoint, baseUrl: 'https://proxy.test/v1beta' };
    expect(gemini.translate({ ...call, endpoint }).path).toBe('/models/m:generateContent');
  });
});

describe('reasons as numbers', () => {
  it.each([
    [1, {}, 'STOP'],
    [6, {}, 'LANGUAGE'],
    [6, VERTEX, 'BLOCKLIST'],
    [10, VERTEX, 'MODEL_ARMOR'],
    [99, {}, '99'],
  ])('%i with %j is %s', (finishReason, options, native) => {
    const exchange = gemini.translate(makeCall({}, { model: 'gemini-test', ...options }));
    const { facts } = collect((sink) => exchange.readAnswer(JSON.stringify(chunk({ finishReason })), sink));
    expect(facts.nativeFinishReason).toBe(native);
  });
});

describe('log probabilities', () => {
  it("are OpenAI's", () => {
    const logprobsResult = {
      chosenCandidates: [{ token: 'ü', logProbability: -0.5, tokenId: 1 }],
      topCandidates: [
        {
          candidates: [
            { token: 'ü', logProbability: -0.5 },
            { token: 'u', logProbability: -2 },
          ],
        },
      ],
    };
    const exchange = gemini.translate(makeCall({ logprobs: true, top_logprobs: 2 }));
    const answer = chunk({ ...model({ text: 'ü' }), ...STOP, logprobsResult });
    const collector = collect((sink) => exchange.readAnswer(JSON.stringify(answer), sink));
    expect(collector.choice(0).logprobTokens).toEqual([
      {
        token: 'ü',
        logprob: -0.5,
        bytes: [195, 188],
        top_logprobs: [
          { token: 'ü', logprob: -0.5, bytes: [195, 188] },
          { token: 'u', logprob: -2, bytes: [117] },
        ],
      },
    ]);
  });
});

describe('a renamed tool', () => {
  it('is called by its own name again', () => {
    const exchange = gemini.translate(makeCall({ tools: [{ type: 'function', function: { name: '1st' } }] }));
    const { tools } = JSON.parse(exchange.body) as { tools: [{ functionDeclarations: [{ name: string }] }] };
    const { name } = tools[0].functionDeclarations[0];
    const answer = chunk({ ...model({ functionCall: { name } }), ...STOP });
    const collector = collect((sink) => exchange.readAnswer(JSON.stringify(answer), sink));
    expect(collector.choice(0).toolCalls[0]?.name).toBe('1st');
  });
});
