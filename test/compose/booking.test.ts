import { expect, it } from 'vitest';
import { Booking, type Listener } from '../../src/compose/recorder.ts';
import type { RequestFact } from '../../src/core/ports.ts';
import { START_MS } from '../books/ledger/sample.ts';

const fact: RequestFact = {
  operation: 'chat',
  startedAtMs: START_MS,
  tenant: 'acme',
  session: '',
  route: '',
  tier: '',
  reason: 'by name',
  priority: 'normal',
  cacheHit: false,
  continued: false,
  shadow: false,
  tags: [],
  deploymentOf: () => undefined,
  requestId: 'req_1',
  key: 'app',
  asked: 'a-model',
  deployment: undefined,
  outcome: 'ok',
  stream: false,
  finishReason: 'stop',
  usage: undefined,
  costUsd: undefined,
  firstTokenMs: undefined,
  queuedMs: undefined,
  durationMs: 1,
  attempts: [],
  failure: undefined,
};

function office(togetherMs: number, listen?: Listener) {
  const [logged, booked, mistakes, due]: [string[], string[], unknown[], (() => void)[]] = [[], [], [], []];
  const timers = {
    after(_: number, act: () => void) {
      due.push(act);
      return () => void due.splice(due.indexOf(act), 1);
    },
  };
  const booking = new Booking(
    { record: ({ requestId }) => logged.push(requestId) },
    [listen ?? (({ request }) => booked.push(request.requestId))],
    { timers, togetherMs, onMistake: (cause) => mistakes.push(cause) },
  );
  const record = (requestId: string) => booking.record({ ...fact, requestId });
  return { booking, record, logged, booked, mistakes, due };
}

it('books at once where nothing is to wait', () => {
  const { record, booked, due } = office(0);
  record('one');
  expect([booked, due.length]).toEqual([['one'], 0]);
});

it('writes the log at once and the books together, in order, when the time is over', () => {
  const { record, logged, booked, due } = office(250);
  record('one');
  record('two');
  expect([logged, booked, due.length]).toEqual([['one', 'two'], [], 1]);
  due[0]?.();
  expect([booked, due.length]).toEqual([['one', 'two'], 0]);
});

it('books at once for who wants to read, and then waits for the next', () => {
  const { booking, record, booked, due } = office(250);
  record('one');
  booking.settle();
  expect([booked, due.length]).toEqual([['one'], 0]);
  record('two');
  expect([booked, due.length]).toEqual([['one'], 1]);
});

it('keeps no more than so many waiting', () => {
  const { record, booked, due } = office(250);
  for (let index = 0; index < 65; index++) record(`request ${index}`);
  expect([booked.length, due.length]).toEqual([64, 1]);
});

it('tells a mistake and books the others', () => {
  const seen: string[] = [];
  const { booking, record, mistakes } = office(250, ({ request }) => {
    if (request.requestId === 'wrong') throw new Error('no');
    seen.push(request.requestId);
  });
  for (const id of ['one', 'wrong', 'two']) record(id);
  booking.settle();
  expect([seen, mistakes.length]).toEqual([['one', 'two'], 1]);
});
