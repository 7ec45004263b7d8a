import { describe, expect, it } from 'vitest';
import { ConfigurationError, parseConfiguration } from '../../src/config/parse.ts';

const ENV = { KEY: 'sk-from-environment', EMPTY: '' };

const parse = (text: string) => parseConfiguration(text, 'signalbox.yaml', ENV);

const refused: { name: string; text: string; says: RegExp }[] = [
  { name: 'YAML that is none', text: 'server: { port: 1', says: /^signalbox\.yaml: is not YAML/ },
  { name: 'an alias of nothing', text: 'keys: *nope', says: /^signalbox\.yaml: is not YAML: .*nope/ },
  {
    name: 'an unknown section, with what was meant',
    text: 'provider: {}',
    says: /provider: there is no such setting; did you mean "providers"\?/,
  },
  {
    name: 'an unknown setting, with what was meant',
    text: 'server: { prot: 1 }',
    says: /server\.prot: there is no such setting; did you mean "port"\?/,
  },
  { name: 'a wrong type', text: 'server: { port: eighty }', says: /server\.port: .*expected number/ },
  ...[
    'server: { drainMs',
    'server: { keepAliveMs',
    'reliability: { deadlineMs',
    'reliability: { queue: { maxWaitMs',
  ].map((setting) => ({
    name: `more time than a timer holds for ${setting}`,
    text: `${setting}: 2147483648 ${'}'.repeat(setting.split('{').length - 1)}`,
    says: /Ms: .*2147483647/,
  })),
  { name: 'a port out of range', text: 'server: { port: 70000 }', says: /server\.port: .*65535/ },
  {
    name: 'a variable that is not set',
    text: 'providers: { anthropic: { apiKey: "${NOPE}" } }',
    says: /providers\.anthropic\.apiKey: the environment has no NOPE/,
  },
  { name: 'a variable that is empty', text: 'providers: { anthropic: { apiKey: "${EMPTY}" } }', says: /no EMPTY/ },
  {
    name: 'an entry of no known dialect',
    text: 'providers: { mine: { apiKey: x } }',
    says: /providers\.mine\.dialect: say which API it speaks: anthropic, openai/,
  },
  {
    name: 'a deployment of an unknown provider',
    text: 'providers: { openai: { apiKey: x } }\nmodels: { m: { deployments: [{ provider: opneai, model: y }] } }',
    says: /models\.m\.deployments\.0\.provider: there is no provider "opneai"; there are: openai/,
  },
  ...['run', 'upstream'].map((setting) => ({
    name: `an unknown provider in batches.${setting}`,
    text: `providers: { openai: { apiKey: x } }\nbatches: { ${setting}: [openai, opneai] }`,
    says: new RegExp(`batches\\.${setting}\\.1: there is no provider "opneai"; there are: openai`),
  })),
  {
    name: 'a key beside several, which would never be used',
    text: 'providers: { openai: { apiKey: sk-1, apiKeys: [sk-2] } }',
    says: /providers\.openai\.apiKey: apiKeys stands in its place; write this key there, too/,
  },
  { name: 'a model without deployments', text: 'models: { m: { deployments: [] } }', says: /models\.m\.deployments/ },
  {
    name: 'an address that is none',
    text: 'providers: { openai: { apiKey: x, baseUrl: nowhere } }',
    says: /providers\.openai\.baseUrl/,
  },
  {
    name: 'an address of another kind',
    text: 'providers: { openai: { apiKey: x, baseUrl: "file:///etc" } }',
    says: /providers\.openai\.baseUrl/,
  },
  ...['127.0.0.1:11434/v1', 'localhost:11434/v1', ''].map((address) => ({
    name: `an address without its beginning, and says nothing else of it: "${address}"`,
    text: `alerts: { receivers: [{ name: a, type: slack, url: "${address}" }] }`,
    says: /^signalbox\.yaml: alerts\.receivers\.0\.url: is no address: it begins with https:\/\/ or http:\/\/$/,
  })),
  ...['?api-version=1', '#part'].map((end) => ({
    name: `an address that no path can come behind: ${end}`,
    text: `providers: { openai: { apiKey: x, baseUrl: "https://example.test/v1${end}" } }`,
    says: /^signalbox\.yaml: providers\.openai\.baseUrl: takes no \? and no #: paths come behind it$/,
  })),
  {
    name: 'a password in an address, which it does not show',
    text: 'providers: { openai: { apiKey: x, baseUrl: "https://ann:hunter2@example.test" } }',
    says: /^(?!.*hunter2)signalbox\.yaml: providers\.openai\.baseUrl: put no user name or password/,
  },
  ...[
    ['a key with a line end in it', 'apiKey: "sk-1\\nsecret"', 'apiKey: holds a character that no header can carry'],
    ['a key that is not ASCII', 'apiKeys: [sk-1, sk-säcret]', 'apiKeys\\.1: holds a character'],
    ['a key of nothing but space', 'apiKey: " \\n"', 'apiKey: is empty'],
    ['a token with a line end in it', 'apiKey: x, sessionToken: "a\\nsecret"', 'sessionToken: holds a character'],
    ['a value of a header', 'apiKey: x, headers: { x-team: "a\\rsecret" }', 'headers\\.x-team: holds a character'],
    ['a name of a header', 'apiKey: x, headers: { "x team": secret }', 'headers\\.x team: is no name of a header'],
    [
      'a name of the connection’s',
      'apiKey: x, headers: { Connection: secret }',
      'headers\\.Connection: is a header that',
    ],
    ['a name of a key’s header', 'apiKey: x, keyHeader: "api key"', 'keyHeader: is no name of a header'],
  ].map(([what, entry, says]) => ({
    name: `what cannot be sent, unseen: ${what}`,
    text: `providers: { openai: { ${entry} } }`,
    says: new RegExp(`^(?!.*(?:secret|säcret))signalbox\\.yaml: providers\\.openai\\.${says}`),
  })),
  ...[
    ['the path of its file', '/secret/key.json'],
    ['another JSON', '{"private_key":"secret"}'],
    ['the JSON of a list', '["secret"]'],
  ].map(([what, text]) => ({
    name: `a service account that is none, unseen: ${what}`,
    text: `providers: { gemini: { project: p, serviceAccount: '${text}' } }`,
    says: /^(?!.*secret)signalbox\.yaml: providers\.gemini\.serviceAccount: must be the JSON text .*, not its path/,
  })),
  {
    name: 'a client key that no client can send',
    text: 'keys: [{ name: a, key: "0123456789 abcdef" }]',
    says: /keys\.0\.key: a client key is ASCII without spaces/,
  },
  {
    name: 'a key without a tenant that has the name of one',
    text: 'tenants: { acme: {} }\nkeys: [{ name: acme, key: 0123456789abcdef }]',
    says: /keys\.0\.name: "acme" is a tenant's name.*say `tenant`, or take another name/,
  },
  {
    name: 'a client key that could be guessed',
    text: 'keys: [{ name: a, key: short }]',
    says: /keys\.0\.key: a client key has at least 16/,
  },
];

describe('parseConfiguration refuses', () => {
  it.each(refused)('$name', ({ text, says }) => {
    expect(() => parse(text)).toThrow(ConfigurationError);
    expect(() => parse(text)).toThrow(says);
  });
});

describe('parseConfiguration', () => {
  it('needs nothing', () => {
    expect(parse('')).toMatchObject({ server: { host: '127.0.0.1', port: 8787 }, providers: {}, models: {}, keys: [] });
  });

  it('takes the shape that the README shows', () => {
    const configuration = parse(`
server: { host: 127.0.0.1, port: 8787 }
providers:
  anthropic: { apiKey: "\${KEY}" }
  backup: { dialect: anthropic, baseUrl: https://example.test, apiKey: "\${MISSING:-fallback-key}" }
  bedrock: { region: us-east-1 }
  local: { dialect: openai, baseUrl: http://127.0.0.1:11434/v1 }
models:
  sonnet: { deployments: [ { provider: anthropic, model: claude-sonnet-5-5 }, { provider: bedrock, model: anthropic.claude-sonnet-5 } ] }
`);
    expect(configuration.providers.anthropic?.apiKey).toBe('sk-from-environment');
    expect(configuration.providers.backup?.apiKey).toBe('fallback-key');
    expect(configuration.models.sonnet?.deployments).toHaveLength(2);
  });

  it('takes secrets without the line end of the file that they come from', () => {
    const ended = { SECRET: '0123456789abcdef01234567\n' };
    const { providers, keys, admin } = parseConfiguration(
      'providers: { openai: { apiKey: "${SECRET}", headers: { x-team: "Bearer ${SECRET}" } } }\n' +
        'keys: [{ name: a, key: "${SECRET}" }]\nadmin: { token: "0123456789abcdef-admin-token\\n" }',
      'signalbox.yaml',
      ended,
    );
    expect([providers.openai, keys[0]?.key, admin.token]).toEqual([
      { apiKey: '0123456789abcdef01234567', headers: { 'x-team': 'Bearer 0123456789abcdef01234567' } },
      '0123456789abcdef01234567',
      '0123456789abcdef-admin-token',
    ]);
  });

  it('takes an anchor that very many entries share', () => {
    const shared = Array.from({ length: 500 }, (_, index) => `  tenant-${index}: *usual`).join('\n');
    const { tenants } = parse(`tenants:\n  first: &usual { limits: 60 requests/minute }\n${shared}`);
    expect(tenants['tenant-499']).toEqual({ limits: { requestsPerMinute: 60 } });
  });

  it('names every problem, not only the first', () => {
    expect(() => parse('server: { prot: 1 }\nlog: { level: loud }')).toThrow(/prot[\s\S]*log\.level/);
  });

  it('never shows a value of the environment', () => {
    const attempt = () => parse('providers: { anthropic: { apiKey: "${KEY}", regoin: "${KEY}" } }');
    expect(attempt).toThrow(/regoin/);
    expect(attempt).not.toThrow(/sk-from-environment/);
  });
});
