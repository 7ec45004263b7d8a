/**
 * A rehearsal before the doors open: 200 requests, most of which fail somewhere, through a router of its own. V8
 * compiles what it has seen; a branch that nobody has gone through, as the one for a client that leaves, throws away
 * what was compiled around it, in the very moment in which things go wrong. `docs/decisions/0019-rehearsal.md`.
 */
import { compose, type Composed } from '../../compose.ts';
import { parseConfiguration } from '../../config/parse.ts';
import type { Transport } from '../../core/ports.ts';
import { http1Transport } from '../../platform/http1/transport.ts';
import { lineLog } from '../../platform/log.ts';
import { nodeHttp } from '../../platform/node-http.ts';
import { nodeServer } from '../../platform/node-server.ts';
import { inTime } from '../books.ts';
import { listen } from '../listen.ts';
import { ask, type Heard } from './clients.ts';
import { openProvider } from './provider.ts';

/** More of them gain nothing: what is left to learn is how real requests look. */
const REQUESTS = 200;
const CLIENTS = 32;
/** One that hangs holds up nobody: it is 0.8 s. Milliseconds. */
const LONGEST_MS = 2_000;
/** For its last answers, which nobody misses. */
const DRAIN_MS = 10;
const KEY = 'the-key-of-a-rehearsal';
const MODELS = ['one', 'other'];

/** Undefined: it took too long. Touches nothing of the operator's: no provider, no ledger, no log, no alert. */
export async function rehearse(longestMs = LONGEST_MS): Promise<Heard | undefined> {
  const provider = await openProvider();
  const transport = http1Transport();
  try {
    return await playedBefore(routerOn(provider.url, transport), longestMs);
  } finally {
    await transport.close();
    provider.close();
  }
}

function routerOn(url: string, transport: Transport): Composed {
  const source = 'rehearsal';
  return compose(parseConfiguration(yamlOf(url), source, {}), {
    http: nodeHttp,
    transport,
    log: lineLog('info', () => {}, { now: Date.now }),
    credentials: { awsChain: nobody, googleToken: nobody },
    environment: {},
    source,
    practice: true,
    isReady: () => true,
  });
}

async function playedBefore({ app, accounting }: Composed, longestMs: number): Promise<Heard | undefined> {
  await accounting.directory.begin();
  const { server, drain } = nodeServer(app.fetch, { idleMs: longestMs });
  const port = await listen(server, 0, { host: '127.0.0.1', setting: 'server.rehearsal' });
  let heard: Heard | undefined;
  const asking = ask({ port, key: KEY, models: MODELS, requests: REQUESTS, clients: CLIENTS });
  await inTime(
    asking.then((all) => void (heard = all)),
    longestMs,
  );
  await drain(DRAIN_MS);
  return heard;
}

function nobody(): () => Promise<never> {
  return () => Promise.reject(new Error('Nobody is asked in a rehearsal'));
}

/** Its circuits stay closed: each failure is to be seen to its end. */
function yamlOf(url: string): string {
  return `
providers:
  claude: { dialect: anthropic, baseUrl: "${url}/claude", apiKey: rehearsal, limits: { requestsPerMinute: 1000000 } }
  gpt: { dialect: openai, baseUrl: "${url}/gpt/v1", apiKey: rehearsal }
models:
  one: { deployments: [{ provider: claude, model: claude-sonnet-5 }, { provider: gpt, model: gpt-5.5 }] }
  other: { deployments: [{ provider: gpt, model: gpt-5.5 }, { provider: claude, model: claude-sonnet-5 }] }
keys:
  - { name: rehearsal, key: ${KEY} }
reliability:
  circuit: { minimumCalls: 1000000, consecutive: 1000000 }
log: { level: info }
`;
}
