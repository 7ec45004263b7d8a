/**
 * The same application on Cloudflare Workers. The configuration is the bundled `signalbox.yaml` text module, or the
 * variable SIGNALBOX_YAML; secrets come from bindings, by the names that the configuration refers to.
 */
import manifest from '../package.json' with { type: 'json' };
import bundled from '../signalbox.worker.yaml';
import { readOnlyRules, type RulesEditor } from './admin/rules-editor.ts';
import { compose, type Composed } from './compose.ts';
import { adminOf } from './compose/admin.ts';
import type { Stores } from './compose/accounting.ts';
import { readBack } from './compose/read-back.ts';
import { findProviders } from './config/credentials.ts';
import { isLoopback } from './config/loopback.ts';
import { ConfigurationError, type Environment, parseConfiguration } from './config/parse.ts';
import { inlineOnly } from './config/routing.ts';
import { rulesIn } from './config/rules-file.ts';
import type { Configuration } from './config/schema.ts';
import { errorBody, GatewayError } from './core/errors.ts';
import { machineTimers } from './platform/machine-timers.ts';
import { fetchHttp } from './platform/fetch-http.ts';
import { fetchTransport } from './platform/fetch-transport.ts';
import { googleToken } from './platform/google-token.ts';
import { createBookStore } from './platform/keys/store.ts';
import { type D1, d1Database } from './platform/ledger/d1.ts';
import { createLedgerStore } from './platform/ledger/store.ts';
import { consoleLog } from './platform/log.ts';
import { createObjectStore } from './platform/objects/store.ts';
import { practiceFetch } from './practice/app.ts';
import { practiceProviders } from './practice/providers.ts';

/** Practice answers are made inside the Worker; this address never leaves it. */
const PRACTICE_URL = 'http://practice.invalid';

/** Composed on the first request: Workers run no timers, randomness or fetch before it. */
let started: Started | undefined;

interface Started {
  composed: Composed;
  /** Only where it has a token. */
  admin: Composed['app'] | undefined;
  source: string;
  /** Real providers and no client keys: whoever reaches it spends its owner's money. */
  isOpen: boolean;
}

export default {
  async fetch(request, env, context) {
    try {
      started ??= start(textsOf(env), env[DATABASE], (work) => context.waitUntil(work));
    } catch (cause) {
      return unconfigured(cause instanceof Error ? cause.message : String(cause));
    }
    const { composed, admin, isOpen, source } = started;
    if (isOpen && !isLoopback(new URL(request.url).hostname)) {
      return unconfigured(`${source}: keys: a Worker is public; add keys: [{ name: app, key: "\${APP_KEY}" }]`);
    }
    await composed.accounting.directory.beFresh((work) => context.waitUntil(work));
    const { pathname } = new URL(request.url);
    const isAdmin = pathname === '/admin' || pathname.startsWith('/admin/');
    return (isAdmin && admin ? admin : composed.app).fetch(request, env, context);
  },
  /** With a cron trigger: what batches wait for goes on without a client that looks. */
  async scheduled(_controller, env, context) {
    started ??= start(textsOf(env), env[DATABASE], (work) => context.waitUntil(work));
    const { batches, accounting } = started.composed;
    await accounting.directory.beFresh((work) => context.waitUntil(work));
    context.waitUntil(batches.workOnAll());
  },
} satisfies ExportedHandler<Record<string, unknown>>;

/** What is wrong is the operator's to read, in the log. It names settings, never values. */
function unconfigured(problem: string): Response {
  console.error(problem);
  const error = new GatewayError('internal', 'This Worker is not configured; its log says what is wrong');
  return Response.json(errorBody(error), { status: error.status });
}

function start(environment: Environment, database: unknown, background: (work: Promise<void>) => void): Started {
  const source = environment.SIGNALBOX_YAML ? 'SIGNALBOX_YAML' : 'signalbox.worker.yaml';
  const yaml = environment.SIGNALBOX_YAML ?? bundled;
  const parsed = parseConfiguration(yaml, source, environment);
  const declared = Object.keys(parsed.providers).length > 0 ? parsed.providers : findProviders(environment);
  const practice = Object.keys(declared).length === 0;
  const configuration = { ...parsed, providers: practice ? practiceProviders(PRACTICE_URL) : declared };
  const routing = inlineOnly(parsed.routing);
  if (routing.problems.length > 0) throw new ConfigurationError(source, routing.problems);
  const practised = practiceFetch({});
  const stores = configuration.store.enabled && isD1(database) ? storesOf(database, configuration) : undefined;
  const startedAtMs = Date.now();
  const composed = compose(configuration, {
    http: fetchHttp,
    transport: fetchTransport(practice ? practised : undefined),
    log: consoleLog(configuration.log.level),
    credentials: {
      awsChain: () => () => Promise.reject(new GatewayError('credential', 'On Workers, Bedrock needs keys as secrets')),
      googleToken: (serviceAccount) => googleToken(serviceAccount, { now: () => Date.now(), fetch }),
    },
    environment,
    source,
    practice,
    isReady: () => true,
    routing: routing.documents,
    stores,
    isWorker: true,
    isOpenWhenEmpty: practice || !stores,
  });
  if (stores) background(readBack(composed, startedAtMs).catch((cause: unknown) => console.error(String(cause))));
  const { token } = configuration.admin;
  const about = { version: manifest.version, source, startedAtMs, practice };
  const ports = { editor: editorOf(yaml), about, log: consoleLog(configuration.log.level), timers: machineTimers };
  const admin = token === undefined ? undefined : adminOf(composed, configuration, { token, ...ports });
  return { composed, admin, source, isOpen: !practice && !stores && configuration.keys.length === 0 };
}

const NO_FILES = 'a Worker has no files: its rules are deployed with it, and change with the next deployment';

/** Cloudflare's D1, as it is bound. */
const DATABASE = 'DB';
const clock = { now: () => Date.now() };

function isD1(binding: unknown): binding is D1 {
  return typeof binding === 'object' && binding !== null && 'prepare' in binding && 'batch' in binding;
}

function storesOf(binding: D1, { store }: Configuration): Stores {
  const database = d1Database(binding);
  return {
    ledger: createLedgerStore(database, clock),
    keys: createBookStore(database, clock),
    objects: createObjectStore({ writing: database }, clock, store.objects),
  };
}

/** They are shown as they were deployed. */
function editorOf(yaml: string): RulesEditor {
  const rules = rulesIn(yaml);
  return readOnlyRules(rules.ok ? rules.text : '', NO_FILES);
}

function textsOf(env: Record<string, unknown>): Environment {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
