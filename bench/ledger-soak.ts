/**
 * Does the memory stay flat, whatever the ledger's store does? node bench/ledger-soak.ts [SECONDS] [down|hung|up] [REQUESTS A SECOND]
 * `down`: every write fails; `hung`: none ever ends; `up`: SQLite in a file, for the CPU time that a request costs.
 * Ends with an error where the memory grew or rows are unaccounted for.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LedgerWriter, type WriterPorts } from '../src/books/ledger/writer.ts';
import { sqliteDatabase } from '../src/platform/ledger/sqlite.ts';
import { createLedgerStore } from '../src/platform/ledger/store.ts';
import { attemptRow, requestRow } from '../test/books/ledger/sample.ts';

const [seconds = '600', manner = 'down', rate = '500'] = process.argv.slice(2);
const TICK_MS = 20;
/** A full queue of 10,000 rows takes some 10 MB; what is beyond twice that has leaked. */
const MAX_GROWTH_MB = 20;

const down = () => Promise.reject(new Error('connect ECONNREFUSED'));
const hung = () => new Promise<never>(() => {});
const path = join(mkdtempSync(join(tmpdir(), 'signalbox-soak-')), 'ledger.db');
const sqlite = manner === 'up' ? createLedgerStore(sqliteDatabase(path), { now: () => Date.now() }) : undefined;
const failing = manner === 'hung' ? hung : down;
const store: WriterPorts['store'] = sqlite ?? { ready: failing, ping: failing, write: failing };
const writer = new LedgerWriter({
  store,
  timers: {
    after(ms, act) {
      const timer = setTimeout(act, ms);
      return () => clearTimeout(timer);
    },
  },
  random: Math.random,
});

const KEYS = 20;
const perTick = (Number(rate) * TICK_MS) / 1000;
let asked = 0;

function oneTick(): void {
  for (let number = 0; number < perTick; number++) {
    const key = asked % KEYS;
    const requestId = `req_${++asked}_${Math.random().toString(36).slice(2)}`;
    const row = { requestId, atMs: Date.now(), tenant: `tenant-${key >> 1}` };
    writer.add({
      operation: 'chat',
      request: requestRow({ ...row, key: `key-${key}`, session: `session-${asked % 999}` }),
      attempts: [attemptRow(row)],
    });
  }
}

const megabytes = () => {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  return { rss: Math.round(rss / 2 ** 20), heap: Math.round(heapUsed / 2 ** 20) };
};
const told = () => {
  const { rss, heap } = megabytes();
  const { waiting, written, dropped, failures } = writer.state;
  console.log(
    `${asked} requests, heap ${heap} MB, rss ${rss} MB; rows: ${written} written, ${waiting} waiting, ${dropped.full} dropped; ${failures} failures`,
  );
  return heap;
};

const beganMs = Date.now();
const cpu = process.cpuUsage();
const ticks = setInterval(oneTick, TICK_MS);
const wait = (ms: number) => new Promise((later) => setTimeout(later, ms));
const wholeMs = Number(seconds) * 1000;
await wait(wholeMs / 4);
const early = told();
while (Date.now() - beganMs < wholeMs) {
  await wait(Math.min(60_000, wholeMs / 4));
  told();
}
clearInterval(ticks);
const { user, system } = process.cpuUsage(cpu);
const late = told();
const flushed = await writer.flush(5_000);
const { waiting, written, dropped } = writer.state;
const lost = asked * 2 - waiting - written - dropped.full - dropped.rejected;
console.log(`CPU ${((user + system) / asked).toFixed(1)} µs a request, all threads; flushed: ${flushed}`);
await sqlite?.close();
if (late - early > MAX_GROWTH_MB || lost !== 0) {
  console.error(`The heap grew by ${late - early} MB; ${lost} rows are unaccounted for`);
  process.exit(1);
}
process.exit(0);
