import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Tracer, type TracerOptions } from '../../../src/books/traces/tracer.ts';
import type { Timers, Transport } from '../../../src/core/ports.ts';
import { fetchTransport } from '../../../src/platform/fetch-transport.ts';
import { startUpstream, type Upstream } from '../../support/upstream.ts';
import { entryWith } from '../metrics/entry.ts';
import { handTimers } from './hand-timers.ts';

const OPTIONS: TracerOptions = {
  endpoint: 'http://127.0.0.1:1/',
  headers: { authorization: 'Bearer canary-0123456789' },
  resource: { attributes: { 'service.name': 'signalbox' }, version: '0' },
  sample: 1,
  callers: 'link',
  providerOf: (entry) => entry,
};

function tracerAt(endpoint: string, timers: Timers, options: Partial<TracerOptions> = {}, transport?: Transport) {
  const troubles: (string | undefined)[] = [];
  const ports = {
    transport: transport ?? fetchTransport(),
    timers,
    random: () => 0.5,
    onTrouble: (why: string | undefined) => troubles.push(why),
  };
  return { tracer: new Tracer({ ...OPTIONS, endpoint, ...options }, ports), troubles };
}

const spansIn = (upstream: Upstream) =>
  upstream.received.map(({ body }) => {
    const [{ scopeSpans }] = body['resourceSpans'] as [{ scopeSpans: [{ spans: unknown[] }] }];
    return scopeSpans[0].spans.length;
  });

describe('with a collector', () => {
  let collector: Upstream;
  beforeEach(async () => {
    collector = await startUpstream();
    collector.respond((outgoing) => outgoing.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  });
  afterEach(() => collector[Symbol.asyncDispose]());

  it('sends what waits, together, after five seconds, and then sets no timer', async () => {
    const timers = handTimers();
    const { tracer } = tracerAt(collector.url, timers);
    for (let count = 0; count < 3; count++) tracer.record(entryWith());
    expect(timers.waits).toEqual([5_000]);
    expect(tracer.state).toMatchObject({ waiting: 6, sent: 0 });
    timers.pass();
    await expect.poll(() => tracer.state.sent).toBe(6);
    expect(spansIn(collector)).toEqual([6]);
    expect(collector.received[0]).toMatchObject({
      path: '/v1/traces',
      headers: { 'content-type': 'application/json', authorization: 'Bearer canary-0123456789' },
    });
    expect(timers.waits).toEqual([]);
  });

  it('sends a batch that is full at once', async () => {
    const timers = handTimers();
    const { tracer } = tracerAt(collector.url, timers);
    for (let count = 0; count < 256; count++) tracer.record(entryWith());
    await expect.poll(() => tracer.state.sent).toBe(512);
    expect(spansIn(collector)).toEqual([512]);
  });

  it('sends one batch at a time in the background of a Worker', async () => {
    const timers = handTimers();
    const { tracer } = tracerAt(collector.url, timers);
    expect(tracer.keep(entryWith())).toBe(true);
    expect(await tracer.sendOne()).toBe(true);
    expect(await tracer.sendOne()).toBe(false);
    expect(timers.waits).toEqual([]);
  });

  it('tries again what failed in passing, and drops it after the third time', async () => {
    collector.respond((outgoing) => outgoing.writeHead(503, { 'retry-after': '2' }).end());
    const timers = handTimers();
    const { tracer, troubles } = tracerAt(collector.url, timers);
    tracer.record(entryWith());
    for (const waits of [5_000, 2_000, 2_000]) {
      await expect.poll(() => timers.waits).toEqual([waits]);
      timers.pass();
    }
    await expect.poll(() => tracer.state.dropped.failed).toBe(2);
    expect(collector.received).toHaveLength(3);
    expect(troubles).toEqual(['503']);
    collector.respond((outgoing) => outgoing.writeHead(200).end());
    tracer.record(entryWith());
    timers.pass();
    await expect.poll(() => tracer.state.sent).toBe(2);
    expect(troubles).toEqual(['503', undefined]);
  });

  it('does not say again what the collector will not have', async () => {
    collector.respond((outgoing) => outgoing.writeHead(400).end('no'));
    const { tracer } = tracerAt(collector.url, handTimers());
    tracer.keep(entryWith());
    expect(await tracer.sendOne()).toBe(false);
    expect(tracer.state).toMatchObject({ waiting: 0, sent: 0, dropped: { refused: 2 } });
  });

  it('follows no redirect', async () => {
    collector.respond((outgoing) => outgoing.writeHead(307, { location: `${collector.url}/elsewhere` }).end());
    const { tracer } = tracerAt(collector.url, handTimers());
    tracer.keep(entryWith());
    expect(await tracer.sendOne()).toBe(false);
    expect(collector.received.map(({ path }) => path)).toEqual(['/v1/traces']);
    expect(tracer.state.dropped.refused).toBe(2);
  });
});

describe('without one', () => {
  const dead: Transport = { send: () => Promise.reject(new Error('connect http://user:canary@host')) };

  it('holds so many spans and no more, and counts the rest', () => {
    const { tracer } = tracerAt('http://127.0.0.1:1', handTimers(), {}, dead);
    for (let count = 0; count < 10_000; count++) tracer.keep(entryWith());
    expect(tracer.state).toMatchObject({ waiting: 8_192, dropped: { full: 11_808 } });
  });

  it('never rejects, and never says the address', async () => {
    const { tracer, troubles } = tracerAt('http://127.0.0.1:1', handTimers(), {}, dead);
    tracer.keep(entryWith());
    expect(await tracer.sendOne()).toBe(false);
    expect(troubles).toEqual(['internal']);
  });

  it('is not waited for at the end', async () => {
    const timers = handTimers();
    const { tracer } = tracerAt('http://x', timers, {}, { send: () => new Promise(() => undefined) });
    tracer.record(entryWith());
    const flushed = tracer.flush(1_000);
    timers.pass();
    await flushed;
    expect(tracer.state.sent).toBe(0);
  });
});

describe('sampling', () => {
  const traceparent = (flags: string) => `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-${flags}`;
  it.each<[string, Partial<TracerOptions>, string | undefined, boolean]>([
    ['keeps a share', { sample: 0.6 }, undefined, true],
    ['of the requests', { sample: 0.4 }, undefined, false],
    ['keeps what the parent keeps', { sample: 0, callers: 'parent' }, traceparent('01'), true],
    ['and drops what it drops', { sample: 1, callers: 'parent' }, traceparent('00'), false],
    ['does not listen to who is only linked', { sample: 0 }, traceparent('01'), false],
  ])('%s', (_name, options, header, kept) => {
    const { tracer } = tracerAt('http://127.0.0.1:1', handTimers(), options);
    expect(tracer.keep(entryWith(), header)).toBe(kept);
  });
});
