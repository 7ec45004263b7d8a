/** `signalbox explain FILE`: the request takes the way of `POST /v1/route`, in this process. */
import { readFileSync } from 'node:fs';
import { text as readAll } from 'node:stream/consumers';
import type { Explanation } from '../gateway/explain.ts';
import { ConfigurationError } from '../config/parse.ts';
import { check } from './check.ts';
import type { Loaded } from './configuration.ts';
import { explained } from './explained.ts';

export interface ExplainOptions {
  /** `-` is standard input. */
  file: string;
  /** `name: value`. */
  headers: readonly string[];
  /** The client key to ask as; without one, nobody's. */
  key: string | undefined;
  json: boolean;
}

/** Resolves with the exit code: 1 for what is no chat request. A request that would be refused is explained, too. */
export async function explainFile(loaded: Loaded, { file, headers, key, json }: ExplainOptions): Promise<number> {
  const body = file === '-' ? await readAll(process.stdin) : readRequest(file);
  const { configuration, authorization } = asKey(loaded, key);
  const { app } = check({ ...loaded, configuration });
  const request = new Request('http://signalbox/v1/route', { method: 'POST', body, headers: headersOf(headers) });
  if (authorization !== undefined) request.headers.set('authorization', authorization);
  const response = await app.fetch(request);
  const answer = await response.text();
  if (!response.ok) {
    process.stderr.write(`${file}: ${messageOf(answer)}\n`);
    return 1;
  }
  process.stdout.write(`${json ? answer : explained(JSON.parse(answer) as Explanation)}\n`);
  return 0;
}

/** The operator's own look needs no key, but a tenant's rules and ceilings hold for the tenant. */
function asKey({ configuration, source }: Loaded, name: string | undefined) {
  if (name === undefined) return { configuration: { ...configuration, keys: [] }, authorization: undefined };
  const key = configuration.keys.find((each) => each.name === name);
  if (key) return { configuration, authorization: `Bearer ${key.key}` };
  const names = configuration.keys.map((each) => each.name).join(', ') || 'none';
  throw new ConfigurationError(source, [`keys: there is no client key called "${name}"; there are: ${names}`]);
}

function readRequest(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    throw new ConfigurationError(file, [`cannot be read (${why})`]);
  }
}

function headersOf(lines: readonly string[]): Headers {
  const headers = new Headers();
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^:]*):(.*)$/s.exec(line) ?? [];
    try {
      headers.append(name.trim(), value.trim());
    } catch {
      throw new ConfigurationError('--header', [`"${line}" is no header; write 'name: value'`]);
    }
  }
  return headers;
}

function messageOf(answer: string): string {
  const body: unknown = JSON.parse(answer);
  return (body as { error: { message: string } }).error.message;
}
