import type { LiveDirectory } from '../books/tenants/live-directory.ts';
import type { Composed } from '../compose.ts';
import type { Configuration } from '../config/schema.ts';

export interface BannerOptions {
  source: string;
  practice: boolean;
  host: string;
  port: number;
  configuration: Configuration;
  /** Of the admin API. */
  admin: readonly string[];
}

/** The log's first lines: what is served, by whom, and two ways to ask that work as they stand. */
export function banner({ endpoints, gateway, accounting }: Composed, options: BannerOptions): string {
  const { source, practice, host, port, configuration } = options;
  const address = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const locked = configuration.keys.length > 0;
  const model = 'auto';
  const models = [...gateway.routing.models.keys()];
  const named =
    models.length > 0
      ? `${models.slice(0, 6).join(', ')}${models.length > 6 ? `, … (${models.length})` : ''}`
      : 'provider/model';
  return [
    `Signalbox listens on ${address}/v1 (configuration: ${source})`,
    ...[...endpoints.values()].map(
      ({ name, dialect, baseUrl }) =>
        `  ${name.padEnd(12)} ${practice ? 'PRACTICE ' : ''}${dialect} at ${baseUrl.split('?', 1)[0]}`,
    ),
    ...(practice
      ? [
          '  No credentials were found, so these are practice providers: no model is called, nothing is billed.',
          '  Set ANTHROPIC_API_KEY, OPENAI_API_KEY, GEMINI_API_KEY or AWS credentials to use the real ones.',
        ]
      : []),
    `  models: ${model}, ${named}`,
    ...unreadKeys(accounting.directory),
    ...options.admin,
    '',
    'Try it:',
    `  curl ${address}/v1/chat/completions -H 'content-type: application/json'${locked ? " -H 'authorization: Bearer YOUR-KEY'" : ''} \\`,
    `    -d '{"model":"${model}","messages":[{"role":"user","content":"Hello"}]}'`,
    'or, in an application (npm install openai):',
    "  import OpenAI from 'openai';",
    `  const client = new OpenAI({ baseURL: '${address}/v1', apiKey: '${locked ? 'YOUR-KEY' : 'none'}' });`,
    `  const answer = await client.chat.completions.create({ model: '${model}', messages: [{ role: 'user', content: 'Hello' }] });`,
    '  console.log(answer.choices[0].message.content);',
    '',
    '',
  ].join('\n');
}

function unreadKeys({ isOpen, isComplete }: LiveDirectory): string[] {
  if (isComplete) return [];
  const what = isOpen === undefined ? 'every request gets 503 until it can' : 'stored keys get 503 until it can';
  return [`  keys: the store cannot be read, so ${what}; the log says why (store.enabled: false runs without one)`];
}
