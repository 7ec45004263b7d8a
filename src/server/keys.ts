/** `signalbox keys create|list|revoke|rotate`: virtual keys in the store of the configuration. */
import type { z } from 'zod';
import type { Book, VirtualKey } from '../books/tenants/book.ts';
import { type Declared, declaredBook } from '../books/tenants/declared.ts';
import { createDirectory } from '../books/tenants/directory.ts';
import { type Issued, issueKey, type IssuePorts, rotateKey } from '../books/tenants/issue.ts';
import { AT_MOST } from '../books/tenants/live-directory.ts';
import { type KeyView, problemsWith, stateOf, viewOf } from '../books/tenants/view.ts';
import { ConfigurationError } from '../config/parse.ts';
import { NewKey } from '../config/tenants.ts';
import { newId } from '../platform/ids.ts';
import { hashKey, hexOf } from '../platform/key-hash.ts';
import { createBookStore } from '../platform/keys/store.ts';
import type { LedgerDatabase } from '../platform/ledger/database.ts';
import { table } from './columns.ts';

/** What may be said of a new key on the command line, as strings and lists of strings. */
export interface KeyOptions {
  tenant?: string | undefined;
  parent?: string | undefined;
  owner?: string | undefined;
  tags?: readonly string[] | undefined;
  models?: readonly string[] | undefined;
  routes?: readonly string[] | undefined;
  doors?: readonly string[] | undefined;
  priority?: string | undefined;
  /** `90d`, `12h`, or a date. */
  expires?: string | undefined;
  maxCostUsd?: string | undefined;
  maxLatencyMs?: string | undefined;
  /** `60 requests/minute, 4 at once` */
  limits?: string | undefined;
  /** `$10/day, $200 total` */
  budgets?: string | undefined;
  /** How long an old secret lives beside its successor: `24h`, `0`. */
  overlap?: string | undefined;
  json?: boolean | undefined;
}

export interface KeyCommand extends KeyOptions {
  verb: string;
  /** A name, or the id of a key that there is. */
  key: string | undefined;
}

export interface KeyPorts {
  /** What the configuration declares. */
  declared: Declared;
  database: LedgerDatabase;
  nowMs: number;
  print: (text: string) => void;
  /** Beside what was asked for, so that a secret can be piped. */
  note: (text: string) => void;
}

const DEFAULT_OVERLAP = '24h';
const VERBS = ['create', 'list', 'revoke', 'rotate'];

/** Whether it is lost where the server does not read what is written. */
export function isChange(verb: string): boolean {
  return VERBS.includes(verb) && verb !== 'list';
}

/** Resolves with the exit code. Throws what is wrong in words for the operator. Closes the database. */
export async function runKeys(command: KeyCommand, ports: KeyPorts): Promise<number> {
  const store = createBookStore(ports.database, { now: () => ports.nowMs });
  try {
    if (!VERBS.includes(command.verb)) throw wrong(`there is no "${command.verb}"; there are ${VERBS.join(', ')}`);
    if (command.verb === 'list' && command.key !== undefined) {
      throw wrong(`list takes no name, not "${command.key}"; --tenant NAME lists a tenant's keys`);
    }
    await store.ready();
    const work = new KeyWork(command, ports, store);
    if (command.verb === 'list') await work.list();
    else if (command.key === undefined) throw wrong(`${command.verb} needs the name of a key`);
    else if (command.verb === 'create') await work.create(command.key);
    else await work.change(command.verb, command.key);
    return 0;
  } finally {
    await store.close();
  }
}

class KeyWork {
  readonly #command: KeyCommand;
  readonly #ports: KeyPorts;
  readonly #store: ReturnType<typeof createBookStore>;
  readonly #issue: IssuePorts;
  readonly #declared: Book;

  constructor(command: KeyCommand, ports: KeyPorts, store: ReturnType<typeof createBookStore>) {
    const hash = (secret: string) => hexOf(hashKey(secret));
    this.#command = command;
    this.#ports = ports;
    this.#store = store;
    this.#issue = { newId, hash, nowMs: ports.nowMs };
    this.#declared = declaredBook(ports.declared, hash);
  }

  async create(name: string): Promise<void> {
    const { expiresAt, parent: above, ...wanted } = this.#wanted(name);
    const expiresAtMs = expiresAt === undefined ? undefined : Date.parse(expiresAt);
    if (expiresAtMs !== undefined && expiresAtMs <= this.#ports.nowMs) throw wrong('--expires: is over already');
    const book = await this.#all();
    const parent = book.keys.find((key) => key.name === above)?.id ?? above;
    const issued = issueKey({ ...wanted, parent, expiresAtMs }, this.#issue);
    const [problem] = problemsWith(issued.key, book);
    if (problem !== undefined) throw wrong(`"${name}" cannot be made: ${problem}`);
    if (!(await this.#store.addKey(issued.key))) throw wrong(`there is a key "${name}" already`);
    this.#tell(issued, `Key "${name}" is made`);
  }

  async change(verb: string, name: string): Promise<void> {
    const key = await this.#find(name);
    if (verb === 'revoke') return this.#revoke(key);
    if (stateOf(key, this.#ports.nowMs) !== 'active') {
      throw wrong(`"${key.name}" is ${stateOf(key, this.#ports.nowMs)}; make a new one`);
    }
    const overlapMs = durationMs('--overlap', this.#command.overlap ?? DEFAULT_OVERLAP);
    const issued = rotateKey(key, overlapMs, this.#issue);
    if (!(await this.#store.setSecrets(key.id, key.secrets, issued.key.secrets))) {
      throw wrong(`"${key.name}" was changed by somebody else just now; try again`);
    }
    const until = new Date(this.#ports.nowMs + overlapMs).toISOString();
    const old = overlapMs === 0 ? 'the old one opens nothing any more' : `the old one works until ${until}`;
    this.#tell(issued, `Key "${key.name}" has a new secret; ${old}`);
  }

  async list(): Promise<void> {
    const { json, tenant } = this.#command;
    const { problems, ...book } = await this.#all();
    const directory = createDirectory(book);
    const views = book.keys
      .map((key) => ({
        ...viewOf(key, this.#ports.nowMs),
        tenant: directory.tenantOf(key),
        source: this.#sourceOf(key),
      }))
      .filter((view) => tenant === undefined || view.tenant === tenant);
    for (const problem of problems) this.#ports.note(problem);
    this.#ports.print(json ? JSON.stringify(views, undefined, 2) : table([HEADINGS, ...views.map(cellsOf)]).join('\n'));
  }

  async #revoke(key: VirtualKey): Promise<void> {
    const { nowMs, print } = this.#ports;
    await this.#store.revoke(key.id, nowMs);
    const revoked = { ...key, revokedAtMs: key.revokedAtMs ?? nowMs };
    const message = `Key "${key.name}" is revoked; servers that run know it within 10 s`;
    print(this.#command.json ? JSON.stringify(viewOf(revoked, nowMs), undefined, 2) : message);
  }

  #tell({ key, secret }: Issued, what: string): void {
    const { nowMs, print, note } = this.#ports;
    note(`${what}. It is shown this once; only its hash is kept.`);
    print(this.#command.json ? JSON.stringify({ ...viewOf(key, nowMs), secret }, undefined, 2) : secret);
  }

  async #find(name: string): Promise<VirtualKey> {
    const key = await this.#store.key(name);
    if (key) return key;
    const declared = this.#declared.keys.some((one) => one.name === name);
    throw wrong(declared ? `"${name}" stands in the configuration; change it there` : `there is no key "${name}"`);
  }

  async #all() {
    const { tenants, keys, problems } = await this.#store.load(AT_MOST);
    return {
      tenants: [...this.#declared.tenants, ...tenants],
      keys: [...this.#declared.keys, ...keys],
      problems,
    };
  }

  #sourceOf({ id }: VirtualKey): 'configuration' | 'store' {
    return this.#declared.keys.some((key) => key.id === id) ? 'configuration' : 'store';
  }

  #wanted(name: string): z.infer<typeof NewKey> {
    const { verb: _verb, key: _key, json: _json, overlap: _overlap, expires, ...options } = this.#command;
    const { maxCostUsd, maxLatencyMs, ...rest } = options;
    const parsed = NewKey.safeParse({
      ...rest,
      name,
      maxCostUsd: maxCostUsd === undefined ? undefined : Number(maxCostUsd),
      maxLatencyMs: maxLatencyMs === undefined ? undefined : Number(maxLatencyMs),
      expiresAt: expires === undefined ? undefined : expiryOf(expires, this.#ports.nowMs),
    });
    if (parsed.success) return parsed.data;
    throw new ConfigurationError(
      'signalbox keys',
      parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
    );
  }
}

const HEADINGS = ['NAME', 'ID', 'STATE', 'SECRET', 'TENANT', 'OWNER', 'EXPIRES', 'MODELS', 'ROUTES'];

function cellsOf({ name, id, state, secrets, tenant, owner, expiresAt, models, routes }: KeyView): string[] {
  const prefixes = secrets.map(({ prefix }) => (prefix === undefined ? '-' : `${prefix}…`)).join(' ');
  const used = [models, routes ?? (models && [])].map((names) => names?.join(' ') ?? 'all');
  return [
    name,
    id,
    state,
    prefixes,
    tenant ?? '-',
    owner ?? '-',
    expiresAt ?? 'never',
    ...used.map((one) => one || 'none'),
  ];
}

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function durationMs(option: string, text: string): number {
  if (text === '0') return 0;
  const [, count = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const unitMs = UNITS[unit];
  if (unitMs === undefined) throw wrong(`${option}: "${text}" is no time; write it like 30m, 12h or 90d`);
  return Number(count) * unitMs;
}

/** A time from now, or what stands there. */
function expiryOf(text: string, nowMs: number): string {
  if (!/^\d+[smhd]$/.test(text)) return text;
  return new Date(nowMs + durationMs('--expires', text)).toISOString();
}

function wrong(problem: string): ConfigurationError {
  return new ConfigurationError('signalbox keys', [problem]);
}
