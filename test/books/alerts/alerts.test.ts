import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { testReceivers } from '../../../src/books/alerts/alerts.ts';
import { Mailbox } from '../../../src/books/alerts/mailbox.ts';
import type { Message } from '../../../src/books/alerts/grouping.ts';
import { type ReceiverEntry, receiverOf } from '../../../src/books/alerts/receivers.ts';
import type { Sources } from '../../../src/books/metrics/sources.ts';
import type { IncomingResponse } from '../../../src/core/ports.ts';
import { fetchTransport } from '../../../src/platform/fetch-transport.ts';
import { startUpstream } from '../../support/upstream.ts';
import { handTimers } from '../traces/hand-timers.ts';
import { HOOK, HOUR, MINUTE, NOON, recordingTransport, world } from './world.ts';

const open = (count: number): Sources => ({
  targets: () =>
    Array.from({ length: count }, (_, index) => ({
      deployment: `a/${index}`,
      resource: 'a',
      circuit: 'open' as const,
      room: 1,
    })),
});
const PAGER: ReceiverEntry = {
  name: 'pager',
  type: 'pagerduty',
  from: 'critical',
  url: 'https://events.example/v2/enqueue',
  routingKey: 'canary-routing-key',
};

describe('Alerts', () => {
  it('tells many of the same in one message, and when all of it is over', async () => {
    const { alerts, sent, pass } = world();
    const looks = async (sources: Sources, ms: number) => {
      for (let passed = 0; passed < ms; passed += 10_000) {
        await alerts.look(sources);
        pass(10_000);
      }
    };
    await looks(open(50), 60_000);
    expect(sent).toHaveLength(1);
    expect(sent[0]?.body).toMatchObject({ status: 'firing', rule: 'circuit_open' });
    expect(sent[0]?.body['firing']).toHaveLength(50);
    await looks(open(1), 3 * MINUTE);
    expect(sent).toHaveLength(2);
    expect(sent[1]?.body).toMatchObject({ status: 'firing' });
    expect(sent[1]?.body['firing']).toHaveLength(1);
    expect(sent[1]?.body['news']).toHaveLength(49);
    await looks({}, 3 * MINUTE);
    expect(sent).toHaveLength(3);
    expect(sent[2]?.body).toMatchObject({ status: 'resolved', firing: [] });
    expect(alerts.firing).toEqual([]);
  });

  it('tells again what still fires: 5 messages in 24 hours', async () => {
    const { alerts, sent, pass } = world();
    alerts.hear({ event: 'parked', scope: 'credential a', reason: 'credential' });
    for (let passed = 0; passed < 24 * HOUR; passed += MINUTE) {
      await alerts.look({});
      pass(MINUTE);
    }
    expect(sent.map(({ body }) => body['at'])).toEqual([
      '2026-11-22T12:01:00.000Z',
      '2026-11-22T13:01:00.000Z',
      '2026-11-22T15:01:00.000Z',
      '2026-11-22T19:01:00.000Z',
      '2026-11-23T03:01:00.000Z',
    ]);
  });

  it('wakes people only for what is critical', async () => {
    const { alerts, sent, pass } = world([PAGER]);
    const look = async (sources: Sources) => {
      for (let count = 0; count < 10; count++) {
        await alerts.look(sources);
        pass(10_000);
      }
    };
    await look(open(1));
    expect(sent).toEqual([]);
    await look({ isEmergency: () => true });
    await look({});
    expect(sent.map(({ body }) => [body['event_action'], body['dedup_key']])).toEqual([
      ['trigger', 'signalbox/eu-1/emergency'],
      ['resolve', 'signalbox/eu-1/emergency'],
    ]);
  });

  it('tells whoever was woken that it is over, also where it was a mere warning in the end', async () => {
    const { alerts, sent, pass } = world([PAGER]);
    const room = (left: number): Sources => ({
      targets: () => [{ deployment: 'a/1', resource: 'a', circuit: 'closed', room: left }],
    });
    for (const left of [0, 0.15, 1, 0.15, 1]) {
      for (let passed = 0; passed < 6 * MINUTE; passed += 10_000) {
        await alerts.look(room(left));
        pass(10_000);
      }
    }
    expect(sent.map(({ body }) => body['event_action'])).toEqual(['trigger', 'resolve']);
  });

  it('looks every ten seconds on a server, until it is called off', async () => {
    const { alerts, timers, pass, sent } = world();
    const stop = alerts.start({ isEmergency: () => true });
    for (let count = 0; count < 4; count++) {
      expect(timers.waits).toEqual([10_000]);
      pass(10_000);
      timers.pass();
    }
    await expect.poll(() => sent.length).toBe(1);
    stop();
    expect(timers.waits).toEqual([]);
  });

  it('looks over many budgets a few at a time, and misses none', async () => {
    const { alerts, timers, pass, mistakes } = world();
    const of = {
      kind: 'key',
      measure: 'usd',
      span: 'day',
      isBudget: true,
      limit: 10,
      reserved: 0,
      resetMs: 0,
    } as const;
    let taken = 0;
    const sources: Sources = {
      *budgets() {
        for (; taken < 1_700; taken++) yield { ...of, name: `key-${taken}`, used: taken === 1_650 ? 10 : 1 };
      },
    };
    const looking = alerts.look(sources);
    const seen = [taken];
    while (timers.waits.includes(0)) {
      await alerts.look(sources); // The first goes on.
      timers.pass();
      await Promise.resolve();
      seen.push(taken);
    }
    await looking;
    expect(seen).toEqual([499, 999, 1_499, 1_700]);
    taken = 1_650;
    pass(10_000);
    await alerts.look(sources);
    expect(alerts.firing.map(({ subject }) => subject)).toEqual(['key key-1650: usd per day']);
    expect(mistakes).toEqual([]);
  });

  it('goes on where the budgets cannot be read', async () => {
    const { alerts, mistakes } = world();
    const budgets = () => {
      throw new Error('broken');
    };
    for (let count = 0; count < 2; count++) await alerts.look({ budgets });
    expect(mistakes).toHaveLength(2);
  });

  it('looks at most every ten seconds in the requests of a Worker', async () => {
    const { alerts, pass } = world();
    let looks = 0;
    const sources: Sources = { isEmergency: () => ++looks > 1_000 };
    for (let count = 0; count < 100; count++) {
      await alerts.lookSometimes(sources);
      pass(1_000);
    }
    expect(looks).toBe(10);
  });

  it('goes on after a look that went wrong', async () => {
    const { alerts, pass, mistakes } = world();
    await alerts.look({ isEmergency: () => true });
    pass(10_000);
    const broken: Sources = {
      targets: () => {
        throw new Error('broken');
      },
    };
    await alerts.look(broken);
    expect(mistakes).toHaveLength(1);
    expect(alerts.firing).toHaveLength(1);
  });

  it('tells the metrics what fires and what was sent', async () => {
    const { alerts, pass } = world();
    for (let count = 0; count < 4; count++) {
      await alerts.look({ isEmergency: () => true });
      pass(10_000);
    }
    expect(alerts.reading()).toMatchObject({
      firing: [{ rule: 'emergency', severity: 'critical' }],
      messages: [
        { receiver: 'hook', outcome: 'sent', count: 1 },
        { receiver: 'hook', outcome: 'failed', count: 0 },
        { receiver: 'hook', outcome: 'dropped', count: 0 },
      ],
    });
  });
});

const MESSAGE: Message = {
  rule: 'emergency',
  title: 'Emergency',
  status: 'firing',
  severity: 'critical',
  news: [],
  firing: [],
  atMs: NOON,
};

describe('Mailbox', () => {
  const table: { name: string; answers: (Partial<IncomingResponse> | Error)[]; waits: number[]; ends: object }[] = [
    { name: 'one try where all is well', answers: [{}], waits: [], ends: { sent: 1, failed: 0 } },
    {
      name: 'one try where more is said to it than we read',
      answers: [{ text: () => Promise.reject(new Error('too much')) }],
      waits: [],
      ends: { sent: 1, failed: 0 },
    },
    { name: "Discord's 204 is well", answers: [{ status: 204 }], waits: [], ends: { sent: 1 } },
    {
      name: 'four tries, each later than the last',
      answers: [{ status: 500 }, { status: 502 }, new Error('down'), { status: 503 }],
      waits: [1_000, 4_000, 16_000],
      ends: { sent: 0, failed: 1 },
    },
    {
      name: 'as late as it is told',
      answers: [{ status: 429, header: () => '7' }, {}],
      waits: [7_000],
      ends: { sent: 1 },
    },
    {
      name: 'but not for ever',
      answers: [{ status: 429, header: () => '86400' }, {}],
      waits: [30_000],
      ends: { sent: 1 },
    },
    { name: 'no second try where the answer is final', answers: [{ status: 404 }], waits: [], ends: { failed: 1 } },
    { name: 'none behind a redirect', answers: [{ status: 302 }], waits: [], ends: { failed: 1 } },
  ];

  it.each(table)('$name', async ({ answers, waits, ends }) => {
    const left = [...answers];
    const { transport, sent } = recordingTransport(() => left.shift() ?? new Error('too often'));
    const timers = handTimers();
    const mailbox = new Mailbox(receiverOf(HOOK), 'eu-1', { transport, timers });
    const done = mailbox.send(MESSAGE);
    for (const wait of waits) {
      await expect.poll(() => timers.waits).toEqual([wait]);
      timers.pass();
    }
    await done;
    expect(sent).toHaveLength(answers.length);
    expect(mailbox.state).toMatchObject(ends);
  });

  it('gives up what cannot be written', async () => {
    const { transport, sent } = recordingTransport();
    const entry = { ...HOOK, type: 'opsgenie' as const, apiKey: 'G0123456789' };
    const mailbox = new Mailbox(receiverOf(entry), 'half \ud800', { transport, timers: handTimers() });
    await mailbox.send({ ...MESSAGE, status: 'resolved' });
    expect([sent.length, mailbox.state.failed]).toEqual([0, 1]);
  });

  it('holds fifty messages, and drops the oldest', async () => {
    const held = Promise.withResolvers<IncomingResponse>();
    const mailbox = new Mailbox(receiverOf(HOOK), 'eu-1', {
      transport: { send: () => held.promise },
      timers: handTimers(),
    });
    for (let count = 0; count < 200; count++) void mailbox.send(MESSAGE);
    expect(mailbox.state.dropped).toBe(149);
  });

  it('follows no redirect on the wire', async () => {
    await using receiver = await startUpstream();
    receiver.respond((outgoing) => outgoing.writeHead(307, { location: `${receiver.url}/inside` }).end());
    const entry = { ...HOOK, url: `${receiver.url}/hook` };
    const mailbox = new Mailbox(receiverOf(entry), 'eu-1', { transport: fetchTransport(), timers: handTimers() });
    await mailbox.send(MESSAGE);
    expect(receiver.received.map(({ path }) => path)).toEqual(['/hook']);
    expect(mailbox.state.failed).toBe(1);
  });
});

describe('`signalbox alerts test`', () => {
  it('tells each receiver once, also those for critical alerts, and says what became of it', async () => {
    const answers = [{ status: 202 }, { status: 403 }];
    const { transport, sent } = recordingTransport(() => answers.shift() ?? {});
    const ports = { transport, timers: handTimers(), clock: { now: () => NOON } };
    const results = await testReceivers([receiverOf(PAGER), receiverOf(HOOK)], 'eu-1', ports);
    expect(results).toEqual([
      { receiver: 'pager', type: 'pagerduty', ok: true, why: undefined },
      { receiver: 'hook', type: 'webhook', ok: false, why: '403' },
    ]);
    expect(sent[0]?.body).toMatchObject({ event_action: 'trigger', payload: { severity: 'info' } });
    expect(sent[0]?.body['dedup_key']).toBe('signalbox/eu-1/emergency/test');
  });
});

describe('secrets', () => {
  it('are in no trouble report, no result, no state and nothing that is printed', async () => {
    const receivers = [HOOK, PAGER].map(receiverOf);
    const said: unknown[] = [];
    const { transport } = recordingTransport(() => new Error(`getaddrinfo ${HOOK.url}`));
    const ports = {
      transport,
      timers: { after: (_ms: number, act: () => void) => (act(), () => undefined) },
      clock: { now: () => NOON },
      onTrouble: (...words: string[]) => said.push(words),
    };
    said.push(await testReceivers(receivers, 'eu-1', ports), receivers);
    for (const receiver of receivers) {
      const mailbox = new Mailbox(receiver, 'eu-1', ports);
      await mailbox.send(MESSAGE);
      said.push(mailbox, mailbox.state);
    }
    expect(said).toContainEqual(['hook', 'internal']);
    expect(JSON.stringify(said) + inspect(said, { depth: 9 })).not.toContain('canary');
  });
});
