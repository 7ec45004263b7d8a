/** Starts and stops the local server. */
import { compose } from '../compose.ts';
import type { CredentialSources } from '../config/endpoints.ts';
import type { ProviderEntry } from '../config/schema.ts';
import { awsChain } from '../platform/aws-credentials.ts';
import { banner } from './banner.ts';
import { googleToken } from '../platform/google-token.ts';
import type { Loaded } from './configuration.ts';
import { createServer } from '../platform/builtin-http.ts';
import { LineWriter } from '../platform/line-writer.ts';
import { lineLog, type Log, type LogLevel } from '../platform/log.ts';
import { nodeHttp } from '../platform/node-http.ts';
import { nodeServer } from '../platform/node-server.ts';
import { http1Transport } from '../platform/http1/transport.ts';
import { isLoopback } from '../config/loopback.ts';
import { serveAdmin } from './admin.ts';
import { beginBooks, followBooks, inTime } from './books.ts';
import { listen } from './listen.ts';
import { processReading } from './process-reading.ts';
import { rehearse } from './rehearsal/rehearse.ts';
import { rulesEditorOf } from './rules-editor.ts';
import { readRouting } from './rules-files.ts';
import { pricesIn, reprice } from './price-file.ts';
import { openStores } from './stores.ts';
import { version } from './version.ts';
import { followRouting } from './watch.ts';

/** A proxy in front keeps idle connections for a minute; ours must not close first. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;
const STANDARD_OUTPUT = 1;
/** The books may be a little late. */
const BOOK_TOGETHER_MS = 250;

interface Opened {
  close(): Promise<void>;
}

export async function serve(loaded: Loaded): Promise<void> {
  const opened: Opened[] = [];
  try {
    await start(loaded, opened);
  } catch (cause) {
    await Promise.all(opened.map((each) => each.close())); // Or the process would stay.
    throw cause;
  }
}

/** `opened`: what is to be closed if the start fails. */
async function start(loaded: Loaded, opened: Opened[]): Promise<void> {
  const { environment, source, practice } = loaded;
  const routing = readRouting(loaded.configuration.routing, loaded);
  const practiced = practice ? await startPractice() : undefined;
  if (practiced) opened.push(practiced);
  const configuration = { ...loaded.configuration, ...(practiced && { providers: practiced.providers }) };
  const { server: options, log: logOptions } = configuration;
  let draining = false;
  const now = () => Date.now();
  const transport = http1Transport();
  const log = logOf(logOptions.level, now);
  const startedAtMs = now();
  if (options.rehearsal) await rehearsed(log);
  const stores = await openStores(loaded, { clock: { now }, log });
  if (stores) opened.push(stores);
  const composed = compose(configuration, {
    http: nodeHttp,
    bookTogetherMs: BOOK_TOGETHER_MS,
    transport,
    log,
    credentials: credentialsAt(now),
    environment,
    source,
    practice,
    isReady: () => !draining,
    routing: routing.documents,
    stores,
    prices: pricesIn(configuration.prices.file, loaded),
    version: version(),
    isOpenWhenEmpty: isLoopback(options.host),
  });
  await beginBooks(composed);
  const { server, drain } = nodeServer(composed.app.fetch, { idleMs: KEEP_ALIVE_TIMEOUT_MS });
  const port = await listen(server, options.port, { host: options.host, setting: 'server.port' });
  const books = followBooks(composed, configuration, log);
  const following = followRouting({ loaded, composed, log, began: routing });
  const about = { source, practice, startedAtMs, version: version(), process: processReading(startedAtMs) };
  const editor = rulesEditorOf(composed, loaded, following);
  const admin = await serveAdmin(composed, configuration, { log, editor, ...about });
  const told = { source, practice, host: options.host, port, admin: admin.lines };
  const stopBatches = composed.batches.follow();
  const stop = async () => {
    if (draining) return process.exit(1); // Asked twice: now.
    draining = true;
    following.stop();
    await Promise.all([drain(options.drainMs), inTime(stopBatches(), options.drainMs)]);
    await admin.close();
    await books.stop();
    await transport.close();
    await Promise.all([stores?.close(), practiced?.close()]);
  };
  process.on('SIGTERM', () => void stop());
  process.on('SIGINT', () => void stop());
  process.on('SIGHUP', following.reload);
  process.on('SIGHUP', () => reprice(composed, loaded, log));
  if (logOptions.level !== 'silent') process.stdout.write(banner(composed, told)); // Whoever reads it may signal.
}

/** To standard output; what waits when the process ends is written then. */
function logOf(level: LogLevel, now: () => number): Log {
  const output = new LineWriter(STANDARD_OUTPUT);
  process.on('exit', () => output.flush());
  return lineLog(level, (line) => output.write(line), { now });
}

/** A start without it is as good, but for the first minute. */
async function rehearsed(log: Log): Promise<void> {
  try {
    await rehearse();
  } catch (cause) {
    log.warn({ cause: String(cause) }, 'the rehearsal failed; server.rehearsal: false leaves it out');
  }
}

function credentialsAt(now: () => number): CredentialSources {
  return {
    awsChain: (region) => awsChain(region, now),
    googleToken: (serviceAccount) => googleToken(serviceAccount, { now, fetch, shared: true }),
  };
}

interface Practice extends Opened {
  providers: Record<string, ProviderEntry>;
}

/** The practice providers as real servers on loopback: requests to them take the whole way. */
async function startPractice(): Promise<Practice> {
  const [{ getRequestListener }, { practiceFetch }, { practiceProviders }] = await Promise.all([
    import('@hono/node-server'),
    import('../practice/app.ts'),
    import('../practice/providers.ts'),
  ]);
  const server = createServer(getRequestListener(practiceFetch({})));
  const port = await listen(server, 0, { host: '127.0.0.1', setting: 'practice' });
  return {
    providers: practiceProviders(`http://127.0.0.1:${port}`),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
