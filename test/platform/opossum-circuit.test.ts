import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Pass } from '../../src/core/ports.ts';
import { opossumFuse } from '../../src/platform/opossum-circuit.ts';

const OPTIONS = {
  windowMs: 30_000,
  failurePercent: 50,
  minimumCalls: 10,
  consecutive: 5,
  openMs: 5_000,
  maxOpenMs: 60_000,
  closeAfter: 2,
};

/** `ok`, `bad`, `void`: a call that enters and ends at once, if it need not wait. A number: so many milliseconds pass. */
type Step = 'ok' | 'bad' | 'void' | number;

function bench(random = () => 0.5) {
  let now = 1_000_000;
  const fuse = opossumFuse({ now: () => now }, random, OPTIONS);
  return {
    fuse,
    now: () => now,
    wait: () => fuse.waitMs(now),
    enter: () => fuse.enter(now),
    pass: (ms: number) => (now += ms),
    play: (steps: readonly Step[]) => {
      for (const step of steps) {
        if (typeof step === 'number') now += step;
        else if (fuse.waitMs(now) === 0) end(fuse.enter(now), step);
      }
    },
  };
}

function end(pass: Pass, how: 'ok' | 'bad' | 'void'): void {
  if (how === 'ok') pass.succeeded();
  else if (how === 'bad') pass.failed();
  else pass.void();
}

const times = (count: number, ...steps: Step[]) => Array.from({ length: count }, () => steps).flat();
const OPENED = times(5, 'bad');
const HALF_OPEN = [...OPENED, 5_000];

const table: { name: string; steps: Step[]; state: string; waitMs: number }[] = [
  { name: 'four failures in a row open nothing', steps: times(4, 'bad'), state: 'closed', waitMs: 0 },
  { name: 'five in a row open it', steps: OPENED, state: 'open', waitMs: 5_000 },
  {
    name: 'a success between them is not a row',
    steps: ['ok', ...times(4, 'bad'), 'ok', 'bad'],
    state: 'closed',
    waitMs: 0,
  },
  { name: 'failures a window apart are not a row', steps: times(8, 'bad', 30_000), state: 'closed', waitMs: 0 },
  {
    name: 'nine calls, half of them bad, are too few',
    steps: ['bad', ...times(4, 'ok', 'bad')],
    state: 'closed',
    waitMs: 0,
  },
  { name: 'ten calls, half of them bad, open it', steps: times(5, 'ok', 'bad'), state: 'open', waitMs: 5_000 },
  { name: 'less than half open nothing', steps: times(20, 'ok', 'bad', 'ok'), state: 'closed', waitMs: 0 },
  {
    name: 'failures that left the window are forgotten',
    steps: [...times(4, 'ok', 'bad'), 31_000, 'bad', 'ok', 'bad'],
    state: 'closed',
    waitMs: 0,
  },
  { name: 'failures spread over the window count', steps: times(5, 'ok', 'bad', 5_000), state: 'half_open', waitMs: 0 },
  {
    name: 'of many calls a longer row is chance',
    steps: [...times(36, 'ok'), ...times(5, 'bad')],
    state: 'closed',
    waitMs: 0,
  },
  {
    name: 'longer by one for four times as many opens it',
    steps: [...times(36, 'ok'), ...times(6, 'bad')],
    state: 'open',
    waitMs: 5_000,
  },
  {
    name: 'what says nothing counts for nothing',
    steps: [...times(4, 'bad', 'void'), ...times(50, 'void')],
    state: 'closed',
    waitMs: 0,
  },
  { name: 'it stays open before its time', steps: [...OPENED, 4_999, 'ok', 'ok'], state: 'open', waitMs: 1 },
  { name: 'then one may go', steps: HALF_OPEN, state: 'half_open', waitMs: 0 },
  { name: 'one success does not close it', steps: [...HALF_OPEN, 'ok'], state: 'half_open', waitMs: 0 },
  { name: 'two successes close it', steps: [...HALF_OPEN, 'ok', 'ok'], state: 'closed', waitMs: 0 },
  {
    name: 'a probe that says nothing decides nothing',
    steps: [...HALF_OPEN, 'ok', 'void', 'void'],
    state: 'half_open',
    waitMs: 0,
  },
  { name: 'a failed probe opens it for longer', steps: [...HALF_OPEN, 'bad'], state: 'open', waitMs: 10_000 },
  { name: 'a success before it does not help', steps: [...HALF_OPEN, 'ok', 'bad'], state: 'open', waitMs: 10_000 },
  {
    name: 'it needs two successes anew then',
    steps: [...HALF_OPEN, 'ok', 'bad', 10_000, 'ok'],
    state: 'half_open',
    waitMs: 0,
  },
  {
    name: 'never longer than the maximum',
    steps: [...OPENED, ...times(9, 60_000, 'bad')],
    state: 'open',
    waitMs: 60_000,
  },
  {
    name: 'once closed, old failures are forgotten',
    steps: [...HALF_OPEN, 'ok', 'ok', ...times(4, 'bad')],
    state: 'closed',
    waitMs: 0,
  },
  {
    name: 'soon after closing it opens for longer',
    steps: [...HALF_OPEN, 'ok', 'ok', 29_000, ...OPENED],
    state: 'open',
    waitMs: 10_000,
  },
  {
    name: 'after a full window closed, from the start',
    steps: [...HALF_OPEN, 'ok', 'ok', 30_000, ...OPENED],
    state: 'open',
    waitMs: 5_000,
  },
];

describe('opossumFuse', () => {
  it.each(table)('$name', ({ steps, state, waitMs }) => {
    const { fuse, play, wait } = bench();
    play(steps);
    expect(fuse.state).toBe(state);
    expect(wait()).toBe(waitMs);
  });

  it.each([
    { random: 0, waitMs: 4_000 },
    { random: 0.5, waitMs: 5_000 },
    { random: 0.999_999, waitMs: 6_000 },
  ])('opens for $waitMs ms where luck is $random', ({ random, waitMs }) => {
    const { play, wait } = bench(() => random);
    play(OPENED);
    expect(wait()).toBeCloseTo(waitMs, 1);
  });

  it('lets one probe go at a time, and the others look again soon', () => {
    const { play, wait, enter } = bench();
    play(HALF_OPEN);
    const probe = enter();
    expect(wait()).toBe(250);
    probe.void();
    expect(wait()).toBe(0);
    enter().succeeded();
    expect(wait()).toBe(0);
  });

  it('lets eight go at the same time once one has succeeded, and any of them may close or open it', () => {
    for (const [how, state] of [
      ['ok', 'closed'],
      ['bad', 'open'],
    ] as const) {
      const { fuse, play, wait, enter } = bench();
      play([...HALF_OPEN, 'ok']);
      const probes = Array.from({ length: 8 }, () => {
        expect(wait()).toBe(0);
        return enter();
      });
      expect(wait()).toBe(250);
      end(probes[3] ?? enter(), 'void');
      expect(wait()).toBe(0);
      end(probes[5] ?? enter(), how);
      expect(fuse.state).toBe(state);
    }
  });

  it('gives up a probe sooner where answers come sooner, and still hears what it says', () => {
    const { fuse, play, wait, pass, now } = bench();
    play(HALF_OPEN);
    const slow = fuse.enter(now(), 1_000);
    pass(999);
    expect(wait()).toBe(1);
    pass(1);
    expect(wait()).toBe(0);
    slow.failed();
    expect(fuse.state).toBe('open');
  });

  it('gives up a probe that nobody reports, and still believes it when it comes late', () => {
    const { fuse, play, wait, enter, pass } = bench();
    play(HALF_OPEN);
    const lost = enter();
    pass(4_900); // It was open for 5 s.
    expect(wait()).toBe(100);
    pass(100);
    expect(wait()).toBe(0);
    const second = enter();
    lost.void();
    expect(wait()).toBe(250);
    lost.succeeded();
    second.succeeded();
    expect(fuse.state).toBe('half_open');
    enter().succeeded();
    expect(fuse.state).toBe('closed');
  });

  it('does not open by a probe that was given up, once a newer one has said that all is well', () => {
    const { fuse, play, enter, pass } = bench();
    play(HALF_OPEN);
    const hung = enter();
    pass(5_000);
    play(['ok']);
    hung.failed();
    expect(fuse.state).toBe('half_open');
    play(['ok']);
    expect(fuse.state).toBe('closed');
  });

  it('opens by a probe that was given up, as long as no newer one has answered: a provider that only hangs', () => {
    const { fuse, play, enter, pass } = bench();
    play([...HALF_OPEN, 'ok']);
    const hung = enter();
    pass(5_000);
    enter();
    hung.failed();
    expect(fuse.state).toBe('open');
  });

  it('counts each call once, and once more where its answer broke off later', () => {
    const { fuse, enter } = bench();
    const twice = enter();
    for (let time = 0; time < 9; time++) twice.failed();
    expect(fuse.state).toBe('closed');
    const broken = Array.from({ length: 4 }, enter);
    for (const call of broken) call.succeeded();
    for (const call of broken) call.failed();
    for (const call of broken) call.failed();
    expect(fuse.state).toBe('closed');
    const last = enter();
    last.succeeded();
    last.void();
    last.failed();
    expect(fuse.state).toBe('open'); // five good and six bad outcomes of six calls
  });

  it('opens again when the answer of a probe breaks off', () => {
    const { fuse, play, enter } = bench();
    play(HALF_OPEN);
    const probe = enter();
    probe.succeeded();
    probe.failed();
    expect(fuse.state).toBe('open');
  });

  it('does not hear calls from before it opened', () => {
    const { fuse, play, enter, pass } = bench();
    const old = Array.from({ length: 20 }, enter);
    play(OPENED);
    for (const call of old.splice(10)) call.failed();
    pass(5_000);
    play(['ok']);
    old.pop()?.succeeded();
    old.pop()?.failed();
    expect(fuse.state).toBe('half_open');
    play(['ok']);
    for (const call of old) call.failed();
    expect(fuse.state).toBe('closed');
  });

  it('does not hear a probe that was lost before it opened again', () => {
    const { fuse, play, enter, pass } = bench();
    play(HALF_OPEN);
    const lost = enter();
    pass(60_000);
    play(['bad', 10_000, 'ok']);
    lost.succeeded();
    expect(fuse.state).toBe('half_open');
  });

  it('does not take the success of an old call for the end of a row', () => {
    const { fuse, play, enter } = bench();
    const old = enter();
    play([...HALF_OPEN, 'ok', 'ok', ...times(4, 'bad')]);
    old.succeeded();
    play(['bad']);
    expect(fuse.state).toBe('open');
  });

  it('decides nothing by a call that goes although it is open', () => {
    const { fuse, play, wait, enter, pass } = bench();
    play(OPENED);
    enter().succeeded();
    enter().failed();
    expect(wait()).toBe(5_000);
    const [forced, another] = [enter(), enter()];
    pass(5_000);
    const probe = enter();
    enter().failed();
    forced.failed();
    another.succeeded();
    expect(fuse.state).toBe('half_open');
    expect(wait()).toBe(250);
    probe.succeeded();
    expect(fuse.state).toBe('half_open');
    enter().succeeded();
    expect(fuse.state).toBe('closed');
  });

  it('starts no timer and draws no luck of its own, since Workers forbid both at the wrong moment', () => {
    vi.useFakeTimers();
    const draw = vi.spyOn(Math, 'random');
    bench().play([...HALF_OPEN, 'bad', 10_000, 'ok', 'ok', ...OPENED]);
    expect([vi.getTimerCount(), draw.mock.calls.length]).toEqual([0, 0]);
    draw.mockRestore();
    vi.useRealTimers();
  });

  it('never has two probes out before one has succeeded nor nine after, never waits long, and recovers from every history', () => {
    const step = fc.record({
      ms: fc.constantFrom(0, 0, 10, 400, 4_000, 20_000),
      enters: fc.boolean(),
      ends: fc.nat(20),
      how: fc.constantFrom<'ok' | 'bad' | 'void'>('ok', 'bad', 'bad', 'void'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (steps, luck) => {
        const { fuse, play, wait, enter, pass } = bench(() => luck);
        let running: { pass: Pass; isProbe: boolean; untilMs: number }[] = [];
        let now = 0;
        let hasGood = false;
        let tooMany = 0;
        for (const { ms, enters, ends, how } of steps) {
          pass(ms);
          now += ms;
          expect(wait()).toBeGreaterThanOrEqual(0);
          expect(wait()).toBeLessThanOrEqual(72_000);
          if (enters && wait() === 0) {
            const isProbe = fuse.state !== 'closed';
            const rivals = running.filter((call) => isProbe && call.isProbe && call.untilMs > now);
            if (rivals.length > (hasGood ? 7 : 0)) tooMany++;
            running.push({ pass: enter(), isProbe, untilMs: now + 5_000 }); // The least that it was open.
          }
          const [ended] = running.splice(ends, 1);
          if (ended) end(ended.pass, how);
          hasGood = fuse.state === 'half_open' && (hasGood || (ended?.isProbe === true && how === 'ok'));
          if (fuse.state === 'open') running = running.map((call) => ({ ...call, isProbe: false }));
        }
        expect(tooMany).toBe(0);
        for (const call of running) call.pass.void();
        play([72_000, 'ok', 'ok']);
        expect(fuse.state).toBe('closed');
      }),
      { numRuns: 500 },
    );
  });

  it('opens exactly when a row or a share of one window says so', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom<'ok' | 'bad' | 'void'>('ok', 'ok', 'bad', 'bad', 'void'), { maxLength: 30 }),
        (steps) => {
          const { fuse, play } = bench();
          const seen: ('ok' | 'bad')[] = [];
          for (const step of steps) {
            play([step]);
            if (step === 'void') continue;
            seen.push(step);
            const bad = seen.filter((outcome) => outcome === 'bad').length;
            const inRow = seen.slice(-5).filter((outcome) => outcome === 'bad').length;
            const opens = step === 'bad' && (inRow === 5 || (seen.length >= 10 && bad * 2 >= seen.length));
            expect(fuse.state).toBe(opens ? 'open' : 'closed');
            if (opens) break;
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
