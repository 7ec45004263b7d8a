/** Gemini's requests as chat: what is held, what is lost, what only Google can serve, and what is refused. */
import { describe, expect, it } from 'vitest';
import { seal } from '../../../src/doors/capsule.ts';
import { GEMINI, GEMINI_COUNT } from '../../../src/doors/gemini/door.ts';
import type { ReasoningDetail } from '../../../src/core/chat.ts';

const LIMITS = { maxBodyBytes: 1_000_000, maxMessages: 4, maxDepth: 30 };
const asked = (call = 'm:generateContent') => ({
  limits: LIMITS,
  header: () => undefined,
  param: (name: string) => (name === 'call' ? call : undefined),
});
const read = (body: unknown, call?: string) => GEMINI.read(JSON.stringify(body), asked(call));

const hi = { role: 'user', parts: [{ text: 'Hi' }] };
const contents = [hi];
const model = (...parts: object[]) => ({ role: 'model', parts });
const user = (...parts: object[]) => ({ role: 'user', parts });
const call = (id?: string) => ({ functionCall: { ...(id && { id }), name: 'weather', args: { city: 'Oslo' } } });
const result = (response: object, more: object = {}) => ({ functionResponse: { name: 'weather', response, ...more } });
const toolCall = (id: string) => ({
  id,
  type: 'function',
  function: { name: 'weather', arguments: '{"city":"Oslo"}' },
});
const said = (...content: object[]) => ({ role: 'user', content });
const text = (words: string) => ({ type: 'text', text: words });
const format = 'google-gemini-v1';

describe('contents become messages:', () => {
  it.each<[string, object[], object[]]>([
    ['text', [hi], [said(text('Hi'))]],
    ['a content without a role is the user’s', [{ parts: [{ text: 'Hi' }] }], [said(text('Hi'))]],
    [
      'neighbours are one turn',
      [hi, hi, model({ text: 'a' }), model({ text: 'b' })],
      [said(text('Hi'), text('Hi')), { role: 'assistant', content: 'ab' }],
    ],
    ['one part in the place of a list', [{ role: 'user', parts: { text: 'Hi' } }], [said(text('Hi'))]],
    ['an empty turn of the model is none', [hi, model(), hi], [said(text('Hi')), said(text('Hi'))]],
    [
      'an image',
      [user({ inlineData: { mimeType: 'image/png', data: 'AAA' } })],
      [said({ type: 'image_url', image_url: { url: 'data:image/png;base64,AAA' } })],
    ],
    [
      'an image in snake case, of a resolution',
      [
        user({
          inline_data: { mime_type: 'image/png', data: 'AAA' },
          media_resolution: { level: 'MEDIA_RESOLUTION_LOW' },
        }),
      ],
      [said({ type: 'image_url', image_url: { url: 'data:image/png;base64,AAA', detail: 'low' } })],
    ],
    [
      'sound, in OpenAI’s word for its format',
      [user({ inlineData: { mimeType: 'audio/mpeg', data: 'AAA' } })],
      [said({ type: 'input_audio', input_audio: { data: 'AAA', format: 'mp3' } })],
    ],
    [
      'a document with its name',
      [user({ inlineData: { mimeType: 'application/pdf', data: 'AAA', displayName: 'a.pdf' } })],
      [said({ type: 'file', file: { file_data: 'data:application/pdf;base64,AAA', filename: 'a.pdf' } })],
    ],
    [
      'a video',
      [user({ inlineData: { mimeType: 'video/mp4', data: 'AAA' } })],
      [said({ type: 'video_url', video_url: { url: 'data:video/mp4;base64,AAA' } })],
    ],
    [
      'an address that anybody can read',
      [user({ fileData: { fileUri: 'https://a.test/x', mimeType: 'application/pdf' } })],
      [said({ type: 'file', file: { file_data: 'https://a.test/x', filename: 'file.pdf' } })],
    ],
    [
      'a call and its result, by their id',
      [hi, model(call('c1')), user(result({ output: 'rain' }, { id: 'c1' }))],
      [
        said(text('Hi')),
        { role: 'assistant', content: null, tool_calls: [toolCall('c1')] },
        { role: 'tool', tool_call_id: 'c1', content: 'rain' },
      ],
    ],
    [
      'calls without ids, by their names and order; results go ahead of words',
      [
        hi,
        model(call(), call()),
        { role: 'function', parts: [{ text: 'so' }, result({ output: '1' }), result({ a: [2] })] },
      ],
      [
        said(text('Hi')),
        { role: 'assistant', content: null, tool_calls: [toolCall('call_1_0'), toolCall('call_1_1')] },
        { role: 'tool', tool_call_id: 'call_1_0', content: '1' },
        { role: 'tool', tool_call_id: 'call_1_1', content: '{"a":[2]}' },
        said(text('so')),
      ],
    ],
    [
      'a result that is a failure',
      [hi, model(call('c1')), user(result({ error: 'no' }))],
      [
        said(text('Hi')),
        { role: 'assistant', content: null, tool_calls: [toolCall('c1')] },
        { role: 'tool', tool_call_id: 'c1', content: 'no', is_error: true },
      ],
    ],
    [
      'a result that shows something',
      [
        hi,
        model(call('c1')),
        user(result({ output: 'see' }, { parts: [{ inlineData: { mimeType: 'image/png', data: 'A' } }] })),
      ],
      [
        said(text('Hi')),
        { role: 'assistant', content: null, tool_calls: [toolCall('c1')] },
        {
          role: 'tool',
          tool_call_id: 'c1',
          content: [text('see'), { type: 'image_url', image_url: { url: 'data:image/png;base64,A' } }],
        },
      ],
    ],
    [
      'thoughts with the signatures of everything',
      [
        hi,
        model(
          { text: 'Hm', thought: true },
          { text: 'm', thought: true, thoughtSignature: 'S0' },
          { text: 'So', thought_signature: 'S1' },
          { ...call('c1'), thoughtSignature: 'S2' },
        ),
      ],
      [
        said(text('Hi')),
        {
          role: 'assistant',
          content: 'So',
          tool_calls: [toolCall('c1')],
          reasoning_details: [
            { type: 'reasoning.text', text: 'Hmm', signature: 'S0', format },
            { type: 'reasoning.encrypted', data: 'S1', id: null, format },
            { type: 'reasoning.encrypted', data: 'S2', id: 'c1', format },
          ],
        },
      ],
    ],
    [
      'Google’s word for a lost signature signs nothing',
      [hi, model({ ...call('c1'), thoughtSignature: 'skip_thought_signature_validator' })],
      [said(text('Hi')), { role: 'assistant', content: null, tool_calls: [toolCall('c1')] }],
    ],
    [
      'an image of the model’s own',
      [hi, model({ inlineData: { mimeType: 'image/png', data: 'A' } })],
      [
        said(text('Hi')),
        {
          role: 'assistant',
          content: null,
          images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,A' } }],
        },
      ],
    ],
  ])('%s', (_what, given, messages) => {
    const { request, original, lost } = read({ contents: given });
    expect(request.messages).toEqual(messages);
    expect(original).toMatchObject({ wire: 'gemini', passes: true, only: undefined });
    expect(lost).toEqual([]);
  });

  it('instructions come first, in one piece or in several', () => {
    const one = read({ contents, systemInstruction: { parts: [{ text: 'Be brief' }] } });
    expect(one.request.messages[0]).toEqual({ role: 'system', content: 'Be brief' });
    const two = read({ contents, system_instruction: { parts: [{ text: 'a' }, { text: 'b' }] } });
    expect(two.request.messages[0]).toEqual({ role: 'system', content: [text('a'), text('b')] });
  });
});

describe('the rest becomes fields:', () => {
  const weather = { name: 'weather', description: 'The weather' };
  const parameters = { type: 'object', properties: { a_b: { type: 'string' } } };
  const tools = [{ functionDeclarations: [{ ...weather, parametersJsonSchema: parameters }] }];
  const calling = (functionCallingConfig: object) => ({ tools, toolConfig: { functionCallingConfig } });
  const config = (generationConfig: object) => ({ generationConfig });
  const json = (more: object) => config({ responseMimeType: 'application/json', ...more });
  const named = { type: 'function', function: { name: 'weather' } };

  it.each<[string, object, object]>([
    [
      'sampling and limits',
      config({
        temperature: 0.5,
        topP: 0.9,
        topK: 40,
        maxOutputTokens: 9,
        stopSequences: ['x'],
        seed: 7,
        candidateCount: 2,
      }),
      { temperature: 0.5, top_p: 0.9, top_k: 40, max_tokens: 9, stop: ['x'], seed: 7, n: 2 },
    ],
    [
      'snake case',
      { generation_config: { max_output_tokens: 9, stop_sequences: 'x' } },
      { max_tokens: 9, stop: ['x'] },
    ],
    ['penalties', config({ presencePenalty: 1, frequencyPenalty: -1 }), { presence_penalty: 1, frequency_penalty: -1 }],
    ['log probabilities', config({ responseLogprobs: true, logprobs: 3 }), { logprobs: true, top_logprobs: 3 }],
    ['a level of thinking', config({ thinkingConfig: { thinkingLevel: 'HIGH' } }), { reasoning_effort: 'high' }],
    [
      'a budget for thinking, also as a word for who counts none',
      config({ thinkingConfig: { thinkingBudget: 12_000 } }),
      { reasoning_effort: 'medium', reasoning: { max_tokens: 12_000 } },
    ],
    ['no thinking', config({ thinkingConfig: { thinkingBudget: 0 } }), { reasoning_effort: 'none' }],
    ['thinking as the model sees fit', config({ thinkingConfig: { thinkingBudget: -1, includeThoughts: true } }), {}],
    ['JSON of any kind', json({}), { response_format: { type: 'json_object' } }],
    [
      'JSON by a schema of Google’s',
      json({
        responseSchema: {
          type: 'OBJECT',
          properties: {
            a: { type: 'STRING', nullable: true },
            b: { type: 'ARRAY', items: { type: 'INTEGER' }, min_items: '1' },
          },
          property_ordering: ['b', 'a'],
        },
      }),
      {
        response_format: {
          type: 'json_schema',
          json_schema: {
            name: 'response',
            strict: false,
            schema: {
              type: 'object',
              properties: {
                b: { type: 'array', items: { type: 'integer' }, minItems: 1 },
                a: { type: ['string', 'null'] },
              },
            },
          },
        },
      },
    ],
    [
      'JSON by a closed schema, which is strict',
      json({ responseJsonSchema: { ...parameters, required: ['a_b'], additionalProperties: false } }),
      { response_format: { type: 'json_schema', json_schema: { name: 'response', strict: true } } },
    ],
    ['plain text', config({ responseMimeType: 'text/plain', responseModalities: ['TEXT'] }), {}],
    ['images beside text', config({ responseModalities: ['TEXT', 'IMAGE'] }), { modalities: ['text', 'image'] }],
    ['functions', { tools }, { tools: [{ type: 'function', function: { ...weather, parameters } }] }],
    [
      'one tool in the place of a list, with a schema of Google’s',
      {
        tools: {
          function_declarations: [
            { ...weather, parameters: { type: 'OBJECT', properties: { a_b: { type: 'STRING' } } } },
          ],
        },
      },
      { tools: [{ type: 'function', function: { ...weather, parameters } }] },
    ],
    ['a search', { tools: [{ googleSearch: {} }] }, { web_search_options: {} }],
    ['no call', calling({ mode: 'NONE' }), { tool_choice: 'none' }],
    ['any call', calling({ mode: 'ANY' }), { tool_choice: 'required' }],
    ['one certain call', calling({ mode: 'ANY', allowedFunctionNames: ['weather'] }), { tool_choice: named }],
    [
      'one of two calls',
      calling({ mode: 'ANY', allowedFunctionNames: ['weather', 'clock'] }),
      {
        tool_choice: {
          type: 'allowed_tools',
          allowed_tools: { mode: 'required', tools: [named, { type: 'function', function: { name: 'clock' } }] },
        },
      },
    ],
    ['calls as the model sees fit', calling({ mode: 'AUTO' }), {}],
    ['labels', { labels: { team_a: 'b' } }, { metadata: { team_a: 'b' } }],
    ['a tier', { serviceTier: 'standard' }, { service_tier: 'default' }],
  ])('%s', (_what, body, fields) => {
    const { request, lost, original } = read({ contents, ...body });
    expect(request).toMatchObject(fields);
    const known = new Set(['model', 'messages', 'tools', ...Object.keys(fields)]);
    expect(Object.keys(request).filter((name) => !known.has(name))).toEqual([]);
    expect(lost).toEqual([]);
    expect(original.only).toBeUndefined();
  });

  it('one resolution for all images', () => {
    const image = user({ inlineData: { mimeType: 'image/png', data: 'A' } });
    const { request } = read({ contents: [image], ...config({ mediaResolution: 'MEDIA_RESOLUTION_HIGH' }) });
    expect(request.messages[0]).toEqual(
      said({ type: 'image_url', image_url: { url: 'data:image/png;base64,A', detail: 'high' } }),
    );
  });

  it.each([
    ['m:generateContent', { model: 'm', stream: undefined }],
    ['m:streamGenerateContent', { model: 'm', stream: true }],
    ['bedrock/us.amazon.nova-pro-v1:0:generateContent', { model: 'bedrock/us.amazon.nova-pro-v1:0' }],
  ])('the path %s says which model, and whether it streams', (path, fields) => {
    const { model: name, stream } = read({ contents }, path).request;
    expect({ model: name, stream }).toMatchObject(fields);
  });
});

describe('what has no equal', () => {
  it.each<[string, object, string[]]>([
    ['safety settings', { safetySettings: [{ category: 'X', threshold: 'Y' }] }, ['safetySettings']],
    ['an unknown field', { brandNew: 1 }, ['brandNew']],
    ['an unknown setting', { generationConfig: { audioTimestamp: true } }, ['generationConfig.audioTimestamp']],
    [
      'a resolution between',
      { generationConfig: { mediaResolution: 'MEDIA_RESOLUTION_MEDIUM' } },
      ['generationConfig.mediaResolution'],
    ],
    [
      'options of a search',
      { tools: [{ googleSearch: { excludeDomains: ['a'] } }] },
      ['tools.0.googleSearch.excludeDomains'],
    ],
    [
      'how a function behaves',
      { tools: [{ functionDeclarations: [{ name: 'a', behavior: 'B' }] }] },
      ['tools.0.functionDeclarations.0.behavior'],
    ],
    ['where to look', { toolConfig: { retrievalConfig: {} } }, ['toolConfig.retrievalConfig']],
    [
      'the times of a video',
      { contents: [user({ inlineData: { mimeType: 'video/mp4', data: 'A' }, videoMetadata: { fps: 1 } })] },
      ['contents.0.parts.0.videoMetadata'],
    ],
    [
      'code that ran',
      { contents: [hi, model({ executableCode: { language: 'PYTHON', code: '1' } })] },
      ['contents.1.parts.0.executableCode'],
    ],
  ])('is lost by its name: %s', (_what, body, params) => {
    const { lost, original } = read({ contents, ...body });
    expect(lost.map(({ param }) => param)).toEqual(params);
    expect(original.only).toBeUndefined();
  });

  it.each<[string, object, string]>([
    ['a cache of Google’s', { cachedContent: 'cachedContents/1' }, 'cachedContent'],
    ['running code', { tools: [{ codeExecution: {} }] }, 'tools.0.codeExecution'],
    ['a tool that is new', { tools: [{ brandNew: {} }] }, 'tools.0.brandNew'],
    [
      'a file of Google’s',
      { contents: [user({ fileData: { fileUri: 'gs://a/b', mimeType: 'image/png' } })] },
      'contents.0.parts.0.fileData',
    ],
    ['a kind of part that is new', { contents: [user({ brandNew: {} })] }, 'contents.0.parts.0.brandNew'],
    [
      'a call of Google’s own tool',
      { contents: [hi, model({ toolCall: { id: '1' } })] },
      'contents.1.parts.0.toolCall',
    ],
    ['speech', { generationConfig: { responseModalities: ['AUDIO'] } }, 'generationConfig.responseModalities'],
    [
      'one word of a list',
      { generationConfig: { responseMimeType: 'text/x.enum' } },
      'generationConfig.responseMimeType',
    ],
  ])('only Google serves: %s', (_what, body, only) => {
    expect(read({ contents, ...body }).original).toMatchObject({ only, passes: true });
  });
});

describe('another provider’s reasoning', () => {
  const details: ReasoningDetail[] = [
    { type: 'reasoning.text', text: 'é', signature: 'S', format: 'anthropic-claude-v1', issuer: 'a/b' },
  ];
  const capsule = seal(details);
  const turn = model({ text: 'é', thought: true }, { ...call('c1'), thoughtSignature: capsule });

  it('comes back as it was, and keeps the request from passing', () => {
    const { request, original } = read({ contents: [hi, turn] });
    expect(request.messages[1]?.reasoning_details).toEqual(details);
    expect(original.passes).toBe(false);
  });

  it('stays behind where only Google can serve the rest', () => {
    const { original } = read({ contents: [hi, turn], tools: [{ codeExecution: {} }] });
    expect(original).toMatchObject({ passes: true, only: 'tools.0.codeExecution' });
    expect(original.text).not.toContain('signalboxV01');
    expect(original.text).toContain('"thoughtSignature":"skip_thought_signature_validator"');
  });

  it('is nobody’s when it is damaged, and still does not pass', () => {
    const { request, original } = read({
      contents: [hi, model({ ...call('c1'), thoughtSignature: capsule.slice(0, 30) })],
    });
    expect(request.messages[1]?.reasoning_details).toBeUndefined();
    expect(original.passes).toBe(false);
  });
});

describe('a request is refused, and its field named:', () => {
  it.each<[string, unknown, string | undefined]>([
    ['no contents', {}, 'contents'],
    ['an empty list of them', { contents: [] }, 'contents'],
    ['a role that is none', { contents: [{ role: 'boss', parts: [] }] }, 'contents.0.role'],
    ['text that is a number', { contents: [{ parts: [{ text: 5 }] }] }, 'contents.0.parts.0.text'],
    [
      'an image without bytes',
      { contents: [user({ inlineData: { mimeType: 'image/png' } })] },
      'contents.0.parts.0.inlineData.data',
    ],
    ['a temperature out of range', { contents, generationConfig: { temperature: 3 } }, 'generationConfig.temperature'],
    ['too many answers', { contents, generationConfig: { candidateCount: 9 } }, 'generationConfig.candidateCount'],
    [
      'a function without a name',
      { contents, tools: [{ functionDeclarations: [{}] }] },
      'tools.0.functionDeclarations.0.name',
    ],
    [
      'a mode that is none',
      { contents, toolConfig: { functionCallingConfig: { mode: 'X' } } },
      'toolConfig.functionCallingConfig.mode',
    ],
    ['a result without a call', { contents: [user(result({}))] }, 'contents.0.parts.0.functionResponse'],
    [
      'a result of another call',
      { contents: [hi, model(call('c1')), user(result({}, { id: 'c2' }))] },
      'contents.2.parts.0.functionResponse',
    ],
    ['a user who calls', { contents: [user(call())] }, 'contents.0.parts.0.functionCall'],
    ['too many turns', { contents: [hi, model({ text: 'a' }), hi, model({ text: 'a' }), hi] }, 'contents'],
    ['a list', [], undefined],
  ])('%s', (_what, body, param) => {
    expect(thrownBy(() => read(body))).toMatchObject({ kind: 'invalid_request', param });
  });

  it.each(['m', 'm:embedSomething', ':generateContent'])('the path %s', (path) => {
    expect(thrownBy(() => read({ contents }, path))).toMatchObject({ kind: 'route_not_found' });
  });
});

describe('a plain request', () => {
  const plain = {
    contents: [hi, model({ text: 'a' }), hi],
    systemInstruction: { parts: [{ text: 'S' }] },
    generationConfig: { temperature: 1, topP: 1, maxOutputTokens: 5 },
  };

  it('reads as the schema has it read', () => {
    const asIs = read(plain);
    const checked = read({ ...plain, labels: null });
    const apart = { original: undefined, fieldOf: undefined }; // Made anew for each.
    expect({ ...asIs, ...apart }).toEqual({ ...checked, ...apart });
  });

  it('is one no more with a snake, a thought or another field', () => {
    expect(read({ ...plain, generationConfig: { max_output_tokens: 5 } }).request.max_tokens).toBe(5);
    expect(read({ contents: [hi, model({ text: 'a', thought: true })] }).request.messages[1]?.content).toBeNull();
    expect(read({ ...plain, safetySettings: [{}] }).lost).toHaveLength(1);
  });
});

describe('a count', () => {
  it.each([
    ['contents', { contents }],
    [
      'a whole request',
      { generateContentRequest: { model: 'models/m', contents, systemInstruction: { parts: [{ text: 'S' }] } } },
    ],
    ['the same in snake case', { generate_content_request: { contents } }],
  ])('is asked for with %s', (_what, body) => {
    const { request } = GEMINI_COUNT.read(JSON.stringify(body), asked('m:countTokens'));
    expect(request.messages.at(-1)).toEqual(said(text('Hi')));
    expect(request.stream).toBeUndefined();
  });
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (cause) {
    return cause;
  }
  return undefined;
}
