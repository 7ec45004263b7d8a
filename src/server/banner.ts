import type { LiveDirectory } from '../books/tenants/live-directory.ts';
import type { Composed } from '../compose.ts';
import { choose } from '../routing/choose.ts';
import { estimate } from '../routing/estimate.ts';

const HELLO = 'Hello';

export interface BannerOptions {
  source: string;
  practice: boolean;
  host: string;
  port: number;
  /** Of the admin API. */
  admin: readonly string[];
}

/** The log's first lines: what is served, by whom, and two ways to ask that work as they stand. */
export function banner({ endpoints, gateway, accounting }: Composed, options: BannerOptions): string {
  const { source, practice, host, port } = options;
  const address = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const locked = accounting.directory.isOpen !== true;
  const known = modelToTry(gateway);
  const model = known ?? `${[...endpoints.keys()][0] ?? 'provider'}/MODEL`;
  return [
    `Signalbox listens on ${address}/v1 (configuration: ${source})`,
    ...[...endpoints.values()].map(
      ({ name, dialect, baseUrl }) =>
        `  ${name.padEnd(12)} ${practice ? 'PRACTICE ' : ''}${dialect} at ${baseUrl.split(/[?#]/, 1)[0]}`,
    ),
    ...(practice
      ? [
          '  No credentials were found, so these are practice providers: no model is called, nothing is billed.',
          '  Set ANTHROPIC_API_KEY, OPENAI_API_KEY, GEMINI_API_KEY or AWS credentials to use the real ones.',
        ]
      : []),
    `  models: ${named(gateway)}`,
    ...unreadKeys(accounting.directory),
    ...options.admin,
    '',
    known === undefined ? "Try it, with a model of the provider's in the place of MODEL:" : 'Try it:',
    `  curl ${address}/v1/chat/completions -H 'content-type: application/json'${locked ? " -H 'authorization: Bearer YOUR-KEY'" : ''} \\`,
    `    -d '{"model":"${model}","messages":[{"role":"user","content":"${HELLO}"}]}'`,
    'or, in an application (npm install openai):',
    "  import OpenAI from 'openai';",
    `  const client = new OpenAI({ baseURL: '${address}/v1', apiKey: '${locked ? 'YOUR-KEY' : 'none'}' });`,
    `  const answer = await client.chat.completions.create({ model: '${model}', messages: [{ role: 'user', content: '${HELLO}' }] });`,
    '  console.log(answer.choices[0].message.content);',
    '',
    '',
  ].join('\n');
}

function named({ routing }: Composed['gateway']): string {
  const models = [...routing.models.keys()];
  const routes = routing.servedRoutes.has('auto') ? ['auto'] : [];
  if (models.length === 0) return [...routes, 'provider/model'].join(', ');
  return `${[...routes, ...models.slice(0, 6)].join(', ')}${models.length > 6 ? `, … (${models.length})` : ''}`;
}

/** The first command of a newcomer must not fail: `auto` may have nobody here, and the first model may embed texts. */
function modelToTry({ routing, memory, clock }: Composed['gateway']): string | undefined {
  const names = new Set(['auto', ...routing.models.keys(), ...routing.servedRoutes]);
  return [...names].find((model) => {
    const request = { model, messages: [{ role: 'user' as const, content: HELLO }] };
    const nobodys = { key: '', header: () => undefined, ceilings: {}, nowMs: clock.now() };
    try {
      const wanted = { request, estimate: estimate(request, HELLO.length), ...nobodys };
      return choose(wanted, routing, memory).candidates.length > 0;
    } catch {
      return false; // Why nobody takes it is for who asks.
    }
  });
}

function unreadKeys({ isOpen, isComplete }: LiveDirectory): string[] {
  if (isComplete) return [];
  const what = isOpen === undefined ? 'every request gets 503 until it can' : 'stored keys get 503 until it can';
  return [`  keys: the store cannot be read, so ${what}; the log says why (store.enabled: false runs without one)`];
}
