import { describe, expect, it } from 'vitest';
import { LedgerWriter, type WriterPorts, WRITER_RULES } from '../../../src/books/ledger/writer.ts';
import type { LedgerBatch } from '../../../src/core/ledger.ts';
import { attemptRow, requestRow } from './sample.ts';

/** A store that does as it is told, and time that passes when it is told. */
class World {
  batches: LedgerBatch[] = [];
  writes = 0;
  isDown = false;
  /** Ids that no store will have. */
  poison = new Set<string>();
  hangs = false;
  troubles: unknown[] = [];
  timers: { atMs: number; act: () => void }[] = [];
  nowMs = 0;

  readonly ports: WriterPorts = {
    store: {
      ready: () => this.#answer(),
      ping: () => this.#answer(),
      write: async (batch) => {
        this.writes++;
        await this.#answer();
        if (batch.requests.some(({ requestId }) => this.poison.has(requestId)))
          throw new Error('invalid byte sequence');
        this.batches.push(batch);
      },
    },
    timers: {
      after: (ms, act) => {
        const timer = { atMs: this.nowMs + ms, act };
        this.timers.push(timer);
        return () => {
          this.timers = this.timers.filter((one) => one !== timer);
        };
      },
    },
    random: () => 1,
    onTrouble: (cause) => this.troubles.push(cause instanceof Error ? cause.message : cause),
  };

  get sizes(): number[] {
    return this.batches.map(({ requests, attempts }) => requests.length + attempts.length);
  }

  async pass(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms;
    for (;;) {
      await settled();
      const next = this.timers.toSorted((a, b) => a.atMs - b.atMs)[0];
      if (!next || next.atMs > untilMs) break;
      this.timers = this.timers.filter((one) => one !== next);
      this.nowMs = next.atMs;
      next.act();
    }
    this.nowMs = untilMs;
    await settled();
  }

  async #answer(): Promise<void> {
    if (this.hangs) await new Promise(() => {});
    if (this.isDown) throw new Error('nobody at home');
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}

function entry(attempts = 1) {
  const request = requestRow();
  return {
    operation: 'chat' as const,
    request,
    attempts: Array.from({ length: attempts }, () => attemptRow({ requestId: request.requestId })),
  };
}

describe('the writer', () => {
  it('does nothing, and sets no timer, before there is a row', () => {
    const world = new World();
    void new LedgerWriter(world.ports);
    expect(world.timers).toEqual([]);
  });

  it('waits a second for company', async () => {
    const world = new World();
    const writer = new LedgerWriter(world.ports);
    writer.add(entry());
    await world.pass(999);
    expect(world.sizes).toEqual([]);
    writer.add(entry(3));
    await world.pass(1);
    expect(world.sizes).toEqual([6]);
    expect(writer.state).toEqual({ waiting: 0, written: 6, dropped: { full: 0, rejected: 0 }, failures: 0 });
    expect(world.timers).toEqual([]);
  });

  it('writes 1,000 rows as soon as they are there, and never more at once', async () => {
    const world = new World();
    const writer = new LedgerWriter(world.ports);
    for (let number = 0; number < 1_200; number++) writer.add(entry());
    await world.pass(0);
    expect(world.sizes).toEqual([1_000, 1_000]);
    await world.pass(1_000);
    expect(world.sizes).toEqual([1_000, 1_000, 400]);
  });

  it('writes a request of more attempts than a batch has room for', async () => {
    const world = new World();
    const writer = new LedgerWriter(world.ports, { ...WRITER_RULES, maxBatchRows: 2 });
    writer.add(entry(5));
    writer.add(entry(0));
    await world.pass(1_000);
    expect(world.sizes).toEqual([6, 1]);
  });

  it('keeps rows for a store that is down, asks less and less often, and loses none', async () => {
    const world = new World();
    const writer = new LedgerWriter(world.ports);
    world.isDown = true;
    for (let number = 0; number < 20; number++) writer.add(entry());
    await world.pass(120_000);
    expect(world.writes).toBe(0);
    expect(writer.state).toMatchObject({ waiting: 40, written: 0 });
    expect(writer.state.failures).toBeLessThan(10);
    world.isDown = false;
    await world.pass(30_000);
    expect(world.sizes).toEqual([40]);
    expect(world.troubles).toEqual(['nobody at home', undefined]);
  });

  it('drops what does not fit, and counts it', async () => {
    const world = new World();
    const writer = new LedgerWriter(world.ports);
    world.isDown = true;
    for (let number = 0; number < 5_010; number++) writer.add(entry());
    await world.pass(60_000);
    expect(writer.state).toMatchObject({ waiting: 10_000, dropped: { full: 20 } });
  });

  it('a store that hangs holds up nobody and is asked once', async () => {
    const world = new World();
    const writer = new LedgerWriter(world.ports);
    world.hangs = true;
    for (let number = 0; number < 6_000; number++) writer.add(entry());
    await world.pass(60_000);
    expect(writer.state).toMatchObject({ waiting: 10_000, dropped: { full: 2_000 } });
    const flushed = writer.flush(5_000);
    await world.pass(5_000);
    expect(await flushed).toBe(false);
  });

  it('finds the one row that no store will have, drops it, and writes all others', async () => {
    const world = new World();
    const writer = new LedgerWriter(world.ports);
    const entries = Array.from({ length: 100 }, () => entry());
    world.poison.add(entries[42]?.request.requestId ?? '');
    for (const one of entries) writer.add(one);
    await world.pass(60_000);
    expect(writer.state).toMatchObject({ waiting: 0, written: 198, dropped: { full: 0, rejected: 2 } });
    const written = world.batches.flatMap(({ requests }) => requests.map(({ requestId }) => requestId));
    expect(new Set(written).size).toBe(99);
  });

  it('tries a batch again as it was', async () => {
    const world = new World();
    const writer = new LedgerWriter(world.ports);
    world.isDown = true;
    const first = entry();
    writer.add(first);
    await world.pass(1_500);
    writer.add(entry());
    world.isDown = false;
    await world.pass(10_000);
    expect(world.batches.map(({ requests }) => requests.length)).toEqual([1, 1]);
    expect(world.batches[0]?.requests).toEqual([first.request]);
  });

  it('flushes everything at the end, without waiting for the time', async () => {
    const world = new World();
    const writer = new LedgerWriter(world.ports);
    for (let number = 0; number < 300; number++) writer.add(entry());
    expect(await writer.flush(5_000)).toBe(true);
    expect(world.sizes.reduce((sum, size) => sum + size)).toBe(600);
  });

  it('sets no timer once it has ended, though a row comes and the store is closed', async () => {
    const world = new World();
    const writer = new LedgerWriter(world.ports);
    writer.add(entry());
    expect(await writer.end(5_000)).toBe(true);
    world.isDown = true;
    writer.add(entry());
    expect(world.timers).toEqual([]);
    expect(await writer.end(5_000)).toBe(false);
    expect(world.timers).toEqual([]);
  });

  it('flushes nothing into a store that is down, and says so at once', async () => {
    const world = new World();
    const writer = new LedgerWriter(world.ports);
    world.isDown = true;
    writer.add(entry());
    expect(await writer.flush(5_000)).toBe(false);
    expect(writer.state.waiting).toBe(2);
  });

  it('on Workers sets no timer: each request writes its own, and what others could not', async () => {
    const world = new World();
    const writer = new LedgerWriter(world.ports);
    world.isDown = true;
    writer.keep(entry());
    expect(await writer.writeOne()).toBe(false);
    world.isDown = false;
    writer.keep(entry(0));
    await Promise.all([writer.writeOne(), writer.writeOne(), writer.writeOne()]);
    expect(world.sizes.toSorted((a, b) => a - b)).toEqual([1, 2]);
    expect(world.timers).toEqual([]);
  });
});
