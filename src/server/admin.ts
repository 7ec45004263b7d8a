/** The operator's listener. The router serves without it: a port that is taken is told, and stops nobody's requests. */
import type { RequestListener } from 'node:http';
import type { Composed } from '../compose.ts';
import type { Configuration } from '../config/schema.ts';
import type { RulesEditor } from '../admin/rules-editor.ts';
import { machineTimers } from '../platform/machine-timers.ts';
import { createServer } from '../platform/builtin-http.ts';
import { newId } from '../platform/ids.ts';
import type { Log } from '../platform/log.ts';
import { listen } from './listen.ts';
import type { ProcessReading } from '../books/metrics/sources.ts';

/** Operators, their page and Prometheus; a crowd is somebody else. */
const MAX_CONNECTIONS = 200;

export interface AdminListener {
  /** For the banner: where it is, and the token where it was drawn. */
  lines: readonly string[];
  close(): Promise<void>;
}

export interface AdminListenerPorts {
  log: Log;
  source: string;
  practice: boolean;
  startedAtMs: number;
  version: string;
  process: () => ProcessReading;
  editor: RulesEditor;
}

const OFF: AdminListener = { lines: [], close: () => Promise.resolve() };

export async function serveAdmin(
  composed: Composed,
  configuration: Configuration,
  { log, process, editor, ...about }: AdminListenerPorts,
): Promise<AdminListener> {
  const { enabled, host, port: wanted, token: given } = configuration.admin;
  if (!enabled) return OFF;
  const token = given ?? newId('sba-', 43);
  // Many servers are never asked here: the API, its page and Node's web requests come with the first request.
  const begin = async (): Promise<RequestListener> => {
    const [{ adminOf }, { getRequestListener }] = await Promise.all([
      import('../compose/admin.ts'),
      import('@hono/node-server'),
    ]);
    const parts = { token, about, log, timers: machineTimers, process, editor, isLive: true };
    return getRequestListener(adminOf(composed, configuration, parts).fetch, { overrideGlobalObjects: false });
  };
  let app: ReturnType<typeof begin> | undefined;
  const server = createServer((request, response) => {
    const failed = (cause: unknown) => {
      log.error({ cause: String(cause) }, 'the admin API cannot be loaded');
      response.writeHead(500).end('The admin API cannot be loaded; the log says why\n');
    };
    void (app ??= begin()).then((answer) => answer(request, response), failed);
  });
  server.maxConnections = MAX_CONNECTIONS;
  try {
    const port = await listen(server, wanted, { host, setting: 'admin.port' });
    const address = `http://${host.includes(':') ? `[${host}]` : host}:${port}/admin`;
    const line = `  admin: ${address}${given === undefined ? ` (token for this start: ${token})` : ''}`;
    return {
      lines: [line],
      close: () => {
        server.closeAllConnections();
        return new Promise((resolve) => server.close(() => resolve()));
      },
    };
  } catch (cause) {
    log.error({ cause: String(cause) }, 'there is no admin API');
    return { ...OFF, lines: [`  admin: off (port ${wanted} on ${host} cannot be used)`] };
  }
}
