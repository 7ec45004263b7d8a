/** Our own dialects ask every model of the catalog in practice, which is as strict as the real thing. */
import { describe, expect, it } from 'vitest';
import { providers } from '../../providers/index.ts';
import models from '../../routing-rules/models.json' with { type: 'json' };
import { AnswerCollector } from '../../src/answers/collector.ts';
import type { ChatMessage, ChatRequest } from '../../src/core/chat.ts';
import type { Endpoint } from '../../src/core/deployment.ts';
import type { Call, Provider } from '../../src/core/provider.ts';
import { Secret } from '../../src/core/secret.ts';
import { PRACTICE_AWS, PRACTICE_KEY, practiceFetch, practiceProviders } from '../../src/practice/index.ts';
import { createCatalog } from '../../src/routing/catalog.ts';

const NOW = Date.now();
const catalog = createCatalog(models);
const fetchPractice = practiceFetch({ paceMs: 0 });
const offered = providers.flatMap((provider) =>
  catalog
    .offered(provider.name, 'us-east-1', NOW)
    .map(({ providerModel }) => ({ provider, model: providerModel }))
    .filter(({ model }) => catalog.lookup(provider.name, model, NOW).capabilities.tasks?.includes('chat')),
);

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const WEATHER = {
  type: 'object',
  properties: { city: { type: 'string', minLength: 2 }, days: { type: 'integer', minimum: 1, maximum: 9 } },
  required: ['city'],
};
const PLACE = {
  type: 'object',
  properties: { city: { type: 'string' }, tags: { type: 'array', items: { type: 'string' } } },
  required: ['city', 'tags'],
  additionalProperties: false,
};
const TOOLS: ChatRequest['tools'] = [{ type: 'function', function: { name: 'get_weather', parameters: WEATHER } }];
const user = (content: string): ChatMessage => ({ role: 'user', content });

const REQUESTS: { name: string; request: Partial<ChatRequest>; shows?: RegExp }[] = [
  { name: 'a plain question', request: {}, shows: /You said: «Hello»/ },
  {
    name: 'sampling, limits and a stop',
    request: { temperature: 0.3, top_p: 0.9, max_tokens: 2000, stop: 'nothing was' },
  },
  {
    name: 'system, late system and a history',
    request: {
      messages: [
        { role: 'system', content: 'Be brief.' },
        user('One'),
        { role: 'assistant', content: 'Two' },
        user('Three'),
        { role: 'system', content: 'Be briefer.' },
        user('Hello'),
      ],
    },
  },
  {
    name: 'an image',
    request: {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Hello' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } },
          ],
        },
      ],
    },
  },
  {
    name: 'a JSON schema',
    request: { response_format: { type: 'json_schema', json_schema: { name: 'place', schema: PLACE, strict: true } } },
    shows: /"city"/,
  },
  {
    name: 'JSON',
    request: { messages: [user('Hello, answer in JSON')], response_format: { type: 'json_object' } },
    shows: /^\{/,
  },
  ...(['none', 'low', 'high', 'max'] as const).map((effort) => ({
    name: `effort ${effort}`,
    request: { reasoning_effort: effort, max_completion_tokens: 15_000 } satisfies Partial<ChatRequest>,
  })),
];

describe.each(offered)('$provider.name $model', ({ provider, model }) => {
  it.each(REQUESTS)('is asked for $name', async ({ request, shows = /practice answer/ }) => {
    for (const stream of [false, true]) {
      const call = callOf(provider, model, { messages: [user('Hello')], stream, ...request });
      if (!canTake(call)) continue;
      const answer = await ask(provider, call);
      expect(answer.choice(0).content).toMatch(shows);
      expect(answer.facts).toMatchObject({ finishReason: 'stop', usage: { completion_tokens: expect.any(Number) } });
    }
  });

  it.each([undefined, 'high'] as const)('goes through a tool loop with effort %s', async (effort) => {
    const asked = { tools: TOOLS, ...(effort && { reasoning_effort: effort }) };
    const messages = [user('What is the weather in Paris?')];
    for (const stream of [true, false]) {
      const call = callOf(provider, model, { ...asked, messages, stream });
      if (!call.capabilities.tools) continue;
      const first = await ask(provider, call);
      const { choices } = first.answer({ newId: () => 'x', createdSeconds: 0, model });
      const message = choices[0]?.message;
      expect(first.choice(0).toolCalls).toMatchObject([{ name: 'get_weather', arguments: '{"city":"Paris"}' }]);
      const results: ChatMessage[] = (message?.tool_calls ?? []).map(({ id }) => ({
        role: 'tool',
        tool_call_id: id,
        content: '21 °C',
      }));
      const history = [...messages, message as ChatMessage, ...results];
      const second = await ask(provider, callOf(provider, model, { ...asked, messages: history, stream }));
      expect(second.choice(0).content).toContain('get_weather returned: «21 °C»');
    }
  });
});

function canTake({ request, capabilities }: Call): boolean {
  const sees = JSON.stringify(request.messages).includes('image_url');
  return !sees || capabilities.input.includes('image');
}

async function ask(provider: Provider, call: Call): Promise<AnswerCollector> {
  const exchange = provider.translate(call);
  const plain = { url: call.endpoint.baseUrl + exchange.path, headers: exchange.headers, body: exchange.body };
  const { url, headers, body } = await provider.authorize(plain, call.endpoint, NOW);
  const response = await fetchPractice(new Request(url, { method: 'POST', headers, body }));
  const answer = new AnswerCollector();
  if (!response.ok) throw new Error(`${response.status} ${await response.text()} for ${body}`);
  if (call.request.stream) {
    const reader = exchange.openStream(answer);
    for await (const chunk of response.body ?? []) reader.push(chunk);
    reader.end();
  } else {
    exchange.readAnswer(await response.text(), answer);
  }
  return answer;
}

function callOf(provider: Provider, model: string, request: Partial<ChatRequest>): Call {
  const { capabilities } = catalog.lookup(provider.name, model, NOW);
  let ids = 0;
  return {
    request: { model: 'asked', messages: [], ...request },
    endpoint: endpointOf(provider.name),
    providerModel: model,
    capabilities,
    newId: () => `call_${String(++ids).padStart(24, '0')}`,
  };
}

function endpointOf(name: string): Endpoint {
  const { baseUrl = '', region } = practiceProviders('http://practice.invalid')[name] ?? {};
  const credential: Endpoint['credential'] =
    name === 'bedrock'
      ? { kind: 'aws', resolve: () => Promise.resolve(PRACTICE_AWS) }
      : { kind: 'key', secret: new Secret(PRACTICE_KEY) };
  return { name, dialect: name, baseUrl, account: name, credential, settings: { region, practice: true } };
}
