import { describe, expect, it } from 'vitest';
import { parseConfiguration } from '../../src/config/parse.ts';
import { banner } from '../../src/server/banner.ts';
import { check } from '../../src/server/check.ts';

const LOCAL = 'providers: { local: { dialect: openai, baseUrl: "http://127.0.0.1:11434/v1" } }\n';
const EMBEDS =
  '{ deployments: [{ provider: local, model: text-embedding-3-small, capabilities: { tasks: [embeddings] } }] }';
const LLAMA = '{ deployments: [{ provider: local, model: llama }] }';

function start(yaml: string) {
  const configuration = parseConfiguration(yaml, 'test.yaml', {});
  const practice = yaml === '';
  const composed = check({ configuration, environment: {}, source: 'test.yaml', practice });
  const text = banner(composed, { source: 'test.yaml', practice, host: '127.0.0.1', port: 8787, admin: [] });
  const listed = async () => {
    const answer = await composed.app.fetch(new Request('http://127.0.0.1/v1/models'));
    const { data } = (await answer.json()) as { data: { id: string }[] };
    return data.map(({ id }) => id);
  };
  return { text, listed };
}

describe('the start proposes', () => {
  it.each([
    ['auto, where somebody serves it', '', 'auto'],
    ['a model that talks, where nobody does', `${LOCAL}models: { embeds: ${EMBEDS}, llama: ${LLAMA} }`, 'llama'],
    ['any model of the provider, where none is named', LOCAL, 'local/MODEL'],
    [
      'auto, where a rule leads to a model',
      `${LOCAL}models: { llama: ${LLAMA} }\nrouting: { rules: { rules: [{ name: all, do: { use: llama } }] } }`,
      'auto',
    ],
  ])('%s', (_what, yaml, model) => {
    expect(start(yaml).text).toContain(`-d '{"model":"${model}"`);
  });
});

describe('GET /v1/models', () => {
  it('lists no route that nobody serves', async () => {
    expect(await start(`${LOCAL}models: { llama: ${LLAMA} }`).listed()).toEqual(['llama']);
  });

  it('lists a route between whose bounds somebody is', async () => {
    const haiku = '{ deployments: [{ provider: local, model: llama }] }';
    const routes = '{ low: { atMost: haiku }, high: { atLeast: opus } }';
    const names = await start(
      `${LOCAL}models: { haiku: ${haiku} }\nrouting: { rules: { routes: ${routes} } }`,
    ).listed();
    expect([names.includes('auto'), names.includes('low'), names.includes('high')]).toEqual([true, true, false]);
  });
});
