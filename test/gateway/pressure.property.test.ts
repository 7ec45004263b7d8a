/** Whatever goes wrong, whoever leaves, and whenever: nothing stays held, nobody is given half an answer for a whole one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ticket } from '../../bench/storm/stormy-http.ts';
import { ANSWER, type Asked, type Fate, PressureWorld, STATUSES } from './pressure-world.ts';

const ms = fc.oneof(fc.nat(100), fc.nat(4_000));
const fate: fc.Arbitrary<Fate> = fc.record({
  how: fc.oneof(
    { weight: 6, arbitrary: fc.constant('answers' as const) },
    fc.constantFrom('refuses' as const, 'resets' as const, 'says nothing' as const, 'talks nonsense' as const),
  ),
  status: fc.constantFrom(...STATUSES),
  retryAfter: fc.constantFrom(
    undefined,
    '0',
    '1',
    '0.25',
    '-5',
    '999999999999',
    'Mon, 05 Jan 2026 11:00:00 GMT',
    'soon',
  ),
  headMs: ms,
  gapMs: fc.nat(300),
  share: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
  ending: fc.constantFrom('clean' as const, 'reset' as const, 'silence' as const, 'error' as const),
  atOnce: fc.boolean(),
});
const TOOL = { type: 'function', function: { name: 'look', parameters: { type: 'object', properties: {} } } };
const chat = fc.constantFrom(
  {},
  { stream: true },
  { stream: true },
  { stream: true, stop: ['never said'] },
  { stream: true, n: 2 },
  { n: 3 },
  { response_format: { type: 'json_object' } },
  { stream: true, response_format: { type: 'json_object' } },
  { stream: true, tools: [TOOL], tool_choice: 'required' },
  { stream: true, max_tokens: 30 },
);
const talk = fc.oneof(
  { weight: 4, arbitrary: fc.record({ path: fc.constant('/v1/chat/completions' as const), more: chat }) },
  fc.record({
    path: fc.constantFrom('/v1/messages' as const, '/v1/responses' as const),
    more: fc.constantFrom({}, { stream: true }),
  }),
);
const asked: fc.Arbitrary<Asked> = fc
  .record({
    atMs: fc.nat(6_000),
    talk,
    leavesAfterMs: fc.oneof(fc.constant(Infinity), fc.nat(8_000)),
    deadlineMs: fc.option(fc.integer({ min: 1, max: 9_000 }), { nil: undefined }),
    priority: fc.constantFrom('critical', 'normal', 'background'),
  })
  .map(({ talk: { path, more }, ...rest }) => ({ path, more, ...rest }));
const reliability = fc.record({
  hedge: fc.boolean(),
  maxCalls: fc.integer({ min: 1, max: 5 }),
  wholeAsStream: fc.constantFrom('auto', 'always', 'never'),
  firstTokenMs: fc.constantFrom(200, 5_000),
  queue: fc.record({ maxWaiting: fc.constantFrom(0, 2, 100), maxWaitMs: fc.integer({ min: 1, max: 9_000 }) }),
});
const story = fc.record({
  reliability,
  usdPerDay: fc.constantFrom(0.02, 1_000),
  usualMs: fc.constantFrom(20, 1_000),
  reroutesAtMs: fc.nat(8_000),
  fates: fc.array(fate, { maxLength: 40 }),
  requests: fc.array(asked, { minLength: 1, maxLength: 14 }),
  luck: fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 1, maxLength: 7 }),
});

/** The text of a plain stream that says that it is complete. */
function wholeText({ path, more }: Asked, { text, status, client }: Ticket): string | undefined {
  if (status !== 200 || client.gone || !PLAIN.has(JSON.stringify(more))) return undefined;
  const events = text.split('\n\n').flatMap((frame) => /^data: (\{.*)$/m.exec(frame)?.[1] ?? []);
  return path === '/v1/responses' ? composed(events) : text.endsWith('data: [DONE]\n\n') ? chunked(events) : undefined;
}

const PLAIN = new Set(['{"stream":true}', '{"stream":true,"max_tokens":30}']);

interface Chunk {
  choices: { delta: { content?: string } }[];
}

function chunked(events: string[]): string {
  return events.map((event) => (JSON.parse(event) as Chunk).choices[0]?.delta.content ?? '').join('');
}

interface Last {
  type: string;
  response?: { output: { content?: { text: string }[] }[] };
}

function composed(events: string[]): string | undefined {
  const { type, response } = JSON.parse(events.at(-1) ?? '{}') as Last;
  return type === 'response.completed' ? response?.output[0]?.content?.[0]?.text : undefined;
}

const NOTHING = { calls: 0, waiting: 0, leases: [], holds: [] };
const DAY_MS = 86_400_000;

describe('the gateway under pressure', () => {
  it('holds nothing when all is over, gives no half answers, and is well again', async () => {
    await fc.assert(
      fc.asyncProperty(story, async ({ requests, luck, usualMs, reroutesAtMs, ...pressure }) => {
        let draws = 0;
        const world = new PressureWorld(pressure, () => luck[draws++ % luck.length] ?? 0);
        world.teach(usualMs);
        world.clock.after(reroutesAtMs, () => world.reroute());
        const tickets = new Map<Asked, Ticket>();
        for (const each of requests) world.clock.after(each.atMs, () => void tickets.set(each, world.ask(each)));
        await world.clock.run();
        expect(world.broken).toEqual([]);
        expect(world.held()).toEqual(NOTHING);
        for (const [each, ticket] of tickets) {
          expect(ticket.status > 0 || ticket.client.gone).toBe(true);
          expect([undefined, ANSWER]).toContain(wholeText(each, ticket));
        }
        world.heal();
        const late: Ticket[] = [];
        const plain = {
          path: '/v1/chat/completions',
          more: {},
          leavesAfterMs: Infinity,
          deadlineMs: undefined,
        } as const;
        for (let at = 0; at < 12; at++) {
          world.clock.after(
            DAY_MS + at * 60_000,
            () => void late.push(world.ask({ ...plain, atMs: 0, priority: 'normal' })),
          );
        }
        await world.clock.run();
        const isPoor = pressure.usdPerDay < 1;
        expect(late.every(({ status }) => status === 200 || isPoor)).toBe(true);
        expect(world.held()).toEqual(NOTHING);
      }),
      { numRuns: Number(process.env['RUNS'] ?? 100) },
    );
  }, 120_000);
});
