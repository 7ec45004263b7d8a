/** The ledger in a file beside the server, by Node's own SQLite. */
import { once } from 'node:events';
import { closeSync, lstatSync, mkdirSync, openSync, statSync } from 'node:fs';
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type CompiledQuery, Kysely } from 'kysely';
import { NothingStored } from '../../books/tenants/book.ts';
import type { LedgerDatabase } from './database.ts';
import type { Order, Reply, Statement } from './sqlite-thread.ts';
import { statementsOf } from './sqlite-rows.ts';
import { statementDialect } from './statements.ts';

/** Beside this file, or beside its bundle. */
const THREAD = import.meta.url.endsWith('.ts') ? './sqlite-thread.ts' : './sqlite-thread.js';

/** `:memory:` forgets everything when it is closed. */
export function sqliteDatabase(path: string): LedgerDatabase {
  const thread = new SqliteThread(path);
  return {
    kysely: new Kysely({ dialect: statementDialect((query) => thread.run([asked(query)], false)) }),
    family: 'sqlite',
    async runAll(queries) {
      await thread.run(queries.map(asked), true);
    },
    async insertAll(insertions) {
      await thread.run(insertions.flatMap(statementsOf), true);
    },
    close: () => thread.close(),
  };
}

/** Who asked what and when is its owner's to read. SQLite gives its other files the same rights. */
function makeFile(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    closeSync(openSync(path, 'a', 0o600));
  } catch (cause) {
    if (!isAbsent(path)) throw cause;
    throw new NothingStored(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Certainly: behind a link that leads nowhere, or in a folder that may not be entered, there may be a file. */
function isAbsent(path: string): boolean {
  if (isThere(lstatSync, path) !== false) return false;
  const folder = dirname(path);
  return isThere(statSync, folder) === true || isAbsent(folder);
}

function isThere(look: (path: string) => unknown, path: string): boolean | undefined {
  try {
    look(path);
    return true;
  } catch (cause) {
    return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT' ? false : undefined;
  }
}

function asked({ sql, parameters }: CompiledQuery): Statement {
  return { sql, parameters };
}

interface Waiting {
  resolve: (rows: unknown[]) => void;
  reject: (cause: Error) => void;
}

/** Of the thread: a batch of rows is a few hundred KB. */
const YOUNG_MB = 8;

/** Threads do not take over where Node keeps compiled TypeScript; without it the type stripper takes 15 MB in this one. */
function compileCache(): Record<string, string> {
  const folder = getCompileCacheDir();
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) };
}

/** Begun by the first statement, and again after a crash. It keeps the process alive only while somebody waits for it. */
class SqliteThread {
  readonly #path: string;
  #worker: Worker | undefined;
  #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #closed = false;

  constructor(path: string) {
    this.#path = path;
  }

  run(statements: readonly Statement[], atomic: boolean): Promise<unknown[]> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw new Error('The ledger is closed');
      const worker = (this.#worker ??= this.#begin());
      const id = ++this.#lastId;
      this.#waiting.set(id, { resolve, reject });
      if (this.#waiting.size === 1) worker.ref();
      worker.postMessage({ id, statements, atomic } satisfies Order);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const worker = this.#worker;
    if (!worker) return;
    const gone = once(worker, 'exit');
    worker.ref();
    worker.postMessage('close'); // Behind all that is waiting.
    await gone;
  }

  #begin(): Worker {
    if (this.#path !== ':memory:') makeFile(this.#path);
    const worker = new Worker(new URL(THREAD, import.meta.url), {
      workerData: this.#path,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
      env: compileCache(),
    });
    worker.unref();
    worker.on('message', (reply: Reply) => this.#done(reply));
    worker.on('error', (cause: Error) => this.#died(worker, cause));
    worker.on('exit', () => this.#died(worker, new Error('The ledger’s thread ended')));
    return worker;
  }

  #done(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (this.#waiting.size === 0 && !this.#closed) this.#worker?.unref(); // Its end is waited for.
    if ('rows' in reply) waiting?.resolve(reply.rows);
    else waiting?.reject(new Error(reply.error));
  }

  #died(worker: Worker, cause: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(cause);
  }
}
