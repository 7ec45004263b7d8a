/** A client's own Responses request at OpenAI: its bytes where the model takes them, and else only what must be changed. */
import { describe, expect, it } from 'vitest';
import { openai } from '../../providers/openai/index.ts';
import { Listener } from '../../src/answers/listener.ts';
import type { Capabilities } from '../../src/core/deployment.ts';
import { asGatewayError } from '../../src/core/errors.ts';
import type { Call } from '../../src/core/provider.ts';
import { RESPONSES } from '../../src/doors/responses/door.ts';
import { type CallOptions, makeCall } from '../support/call.ts';

const ASKED = {
  limits: { maxBodyBytes: 1e6, maxMessages: 50, maxDepth: 32 },
  header: () => undefined,
  param: () => undefined,
};
const REASONS: Partial<Capabilities> = { reasoning: 'effort', efforts: ['low', 'medium', 'high'], sampling: 'none' };

function callOf(text: string, options: CallOptions = {}, baseUrl = 'https://api.openai.com/v1'): Call {
  const call = makeCall({}, { dialect: 'openai', model: 'gpt-up', ...options });
  const { request, original } = RESPONSES.read(text, ASKED);
  return { ...call, request, original, endpoint: { ...call.endpoint, baseUrl } };
}
const bodyOf = (text: string, options?: CallOptions) => openai.translate(callOf(text, options)).body;
const asked = (body: object) => JSON.stringify({ model: 'auto', input: 'Hi', store: false, ...body });

describe('the client’s own bytes', () => {
  it('are sent but for the model’s name', () => {
    const text = ' { "store":false, "model" : "auto", "input":[{"role":"user","content":"say \\"model\\""}],"zzz":1}';
    const exchange = openai.translate(callOf(text));
    expect(exchange.body).toBe(text.replace('"auto"', '"gpt-up"'));
    expect(exchange).toMatchObject({ path: '/responses', relay: 'responses', warnings: [] });
  });

  it('are parsed where the name could be another’s', () => {
    const tools = [{ type: 'function', name: 'f', parameters: { type: 'object', properties: { model: {} } } }];
    expect(JSON.parse(bodyOf(asked({ tools })))).toMatchObject({ model: 'gpt-up', tools });
  });

  it.each(['https://api.openai.com/v1', 'https://me.openai.azure.com/openai/v1'])('go to %s', (baseUrl) => {
    expect(openai.translate(callOf(asked({}), {}, baseUrl)).relay).toBe('responses');
  });

  it('take along the headers that belong to them, and no others', () => {
    const header = (name: string) => (name === 'cookie' || name === 'openai-beta' ? 'x' : undefined);
    const { request, original } = RESPONSES.read(asked({}), { ...ASKED, header });
    const { headers } = openai.translate({ ...callOf(asked({})), request, original });
    expect(headers).toEqual({ 'content-type': 'application/json', 'openai-beta': 'x' });
  });

  it('do not go to a server that may know chat alone', () => {
    const exchange = openai.translate(callOf(asked({}), {}, 'https://house.test/v1'));
    expect(exchange.path).toBe('/chat/completions');
    expect(exchange.relay).toBe('chat');
    expect(JSON.parse(exchange.body)).toEqual({ model: 'gpt-up', messages: [{ role: 'user', content: 'Hi' }] });
  });

  it('go to a server whose configuration says that it has the API, which knows best what it takes', () => {
    const options = { settings: { responses: true }, capabilities: REASONS };
    const text = asked({ temperature: 1, reasoning: { effort: 'max' }, max_output_tokens: 1, zzz: 1 });
    const { body, relay, path, warnings } = openai.translate(callOf(text, options, 'https://house.test/v1'));
    expect({ relay, path, warnings }).toEqual({ relay: 'responses', path: '/responses', warnings: [] });
    expect(body).toBe(text.replace('"auto"', '"gpt-up"'));
  });

  it('say there too that nothing is to be stored', () => {
    const options = { settings: { responses: true } };
    const { body } = openai.translate(callOf(asked({ store: true, zzz: 1 }), options, 'https://house.test/v1'));
    expect(JSON.parse(body)).toEqual({ model: 'gpt-up', input: 'Hi', store: false, zzz: 1 });
  });

  it('stay away from an OpenAI without it', () => {
    expect(openai.translate(callOf(asked({}), { settings: { responses: false } })).relay).toBe('chat');
  });
});

const changes: { name: string; body: object; options?: CallOptions; becomes: object; warned?: string[] }[] = [
  { name: 'nothing is stored at OpenAI', body: { store: true }, becomes: { store: false } },
  { name: 'nor where nothing is said', body: { store: undefined }, becomes: { store: false } },
  {
    name: 'what is kept here has its reasoning with it',
    body: { store: undefined, include: ['x'] },
    options: { capabilities: REASONS },
    becomes: { store: false, include: ['x', 'reasoning.encrypted_content'] },
  },
  {
    name: 'a model that does not reason is not asked for reasoning',
    body: { include: ['reasoning.encrypted_content'], reasoning: { summary: 'auto' } },
    becomes: { include: [], reasoning: undefined },
  },
  {
    name: 'an effort that the model lacks becomes the nearest lower one',
    body: { reasoning: { effort: 'xhigh', summary: 'auto' } },
    options: { capabilities: REASONS },
    becomes: { reasoning: { effort: 'high', summary: 'auto' } },
    warned: ['reasoning.effort changed'],
  },
  {
    name: 'dials that the model refuses are left out',
    body: { temperature: 0.5, top_p: 0.5 },
    options: { capabilities: REASONS },
    becomes: { temperature: undefined, top_p: undefined },
    warned: ['temperature dropped', 'top_p dropped'],
  },
  {
    name: 'fewer tokens than OpenAI gives become that many',
    body: { max_output_tokens: 4 },
    becomes: { max_output_tokens: 16 },
    warned: ['max_output_tokens changed'],
  },
  {
    name: 'reasoning that was refused is left out',
    body: {
      input: [
        { role: 'user', content: 'a' },
        { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'x' },
        { role: 'assistant', content: 'b' },
      ],
    },
    options: { omitReasoning: true },
    becomes: { input: [{ role: 'user' }, { role: 'assistant' }] },
  },
  {
    name: 'native fields are laid over it',
    body: { extra_body: { openai: { truncation: 'auto' }, gemini: { a: 1 } } },
    becomes: { extra_body: undefined, truncation: 'auto' },
  },
];

describe('a request that the model would refuse', () => {
  it.each(changes)('$name', ({ body, options = {}, becomes, warned = [] }) => {
    const tools = [{ type: 'file_search', vector_store_ids: ['v'] }];
    const exchange = openai.translate(callOf(asked({ tools, ...body }), options));
    expect(exchange.relay).toBe('responses');
    expect(JSON.parse(exchange.body)).toMatchObject({ model: 'gpt-up', tools, ...defined(becomes) });
    const left = Object.entries(becomes).flatMap(([field, value]) => (value === undefined ? [field] : []));
    expect(Object.keys(JSON.parse(exchange.body) as object).filter((field) => left.includes(field))).toEqual([]);
    expect(exchange.warnings.map(({ param, action }) => `${param} ${action}`)).toEqual(warned);
  });

  it('is refused where leaving it out would give another answer', () => {
    const text = asked({ include: ['message.output_text.logprobs'], top_logprobs: 2 });
    const failure = (() => {
      try {
        return bodyOf(text, { capabilities: REASONS });
      } catch (cause) {
        return asGatewayError(cause);
      }
    })();
    expect(failure).toMatchObject({ kind: 'unsupported', param: expect.stringContaining('logprobs') as string });
  });
});

describe('the answer that passes', () => {
  it('is read for the books', () => {
    const exchange = openai.translate(callOf(asked({})));
    const listener = new Listener();
    const output = [{ type: 'message', id: 'm', role: 'assistant', content: [{ type: 'output_text', text: 'abc' }] }];
    const usage = { input_tokens: 5, output_tokens: 3, total_tokens: 8 };
    const answer = { id: 'resp_1', model: 'gpt-up', status: 'completed', output, usage };
    exchange.readAnswer(JSON.stringify(answer), listener);
    expect(listener.facts).toMatchObject({
      model: 'gpt-up',
      characters: 3,
      finishReason: 'stop',
      usage: { prompt_tokens: 5 },
    });
  });
});

describe('servers that know no reasoning in the history', () => {
  it.each([
    "Unknown parameter: 'messages[1].reasoning_content'.",
    "'messages.1' : for 'role:assistant' the following must be satisfied[('messages.1' : property 'reasoning_content' is unsupported)]",
  ])('%s', (message) => {
    const body = JSON.stringify({ error: { message, type: 'invalid_request_error' } });
    expect(openai.classify({ status: 400, header: () => undefined, body }).kind).toBe('reasoning_rejected');
  });

  it.each([
    { name: "Mistral's own envelope", wrap: (detail: object[]) => ({ object: 'error', message: { detail } }) },
    { name: "FastAPI's", wrap: (detail: object[]) => ({ detail }) },
  ])('one that names the field beside its sentence: $name', ({ wrap }) => {
    const loc = ['body', 'messages', 31, 'assistant', 'reasoning_content'];
    const detail = { type: 'extra_forbidden', loc, msg: 'Extra inputs are not permitted', input: 'Hm.' };
    const body = JSON.stringify(wrap([detail]));
    expect(openai.classify({ status: 422, header: () => undefined, body }).kind).toBe('reasoning_rejected');
  });

  it('one that demands it is asked no second time without', () => {
    const body = JSON.stringify({ error: { message: 'Missing reasoning_content in the assistant message' } });
    expect(openai.classify({ status: 400, header: () => undefined, body }).kind).not.toBe('reasoning_rejected');
  });
});

function defined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
