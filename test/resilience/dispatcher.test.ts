import { describe, expect, it } from 'vitest';
import type { Deployment } from '../../src/core/deployment.ts';
import { Departure } from '../../src/core/departure.ts';
import { GatewayError } from '../../src/core/errors.ts';
import type { Priority } from '../../src/core/priority.ts';
import { opossumFuse } from '../../src/platform/opossum-circuit.ts';
import { type Alert, Dispatcher } from '../../src/resilience/dispatcher.ts';
import { ABLE } from '../support/call.ts';
import { FakeLimits, FUSE } from './pool.ts';

class Life {
  nowMs = 0;
  readonly alerts: Alert[] = [];
  readonly dispatcher: Dispatcher;

  constructor() {
    const clock = { now: () => this.nowMs };
    this.dispatcher = new Dispatcher(
      {
        clock,
        timers: { after: () => () => {} },
        random: () => 0.5,
        fuse: () => opossumFuse(clock, () => 0.5, FUSE),
        limits: ({ id, model }) => new FakeLimits(`${model} ${id}`, 10),
        onAlert: (alert) => this.alerts.push(alert),
      },
      {
        parking: { probeMs: 60_000, maxProbeMs: 600_000 },
        retryBudget: { percent: 20, perSecond: 10 },
        firstToken: { floorMs: 5_000, capMs: 60_000, reasoningFloorMs: 60_000 },
        emergency: { mode: 'auto', belowPercent: 34, afterMs: 2_000, untilMs: 10_000 },
        queue: { maxWaiting: 10 },
      },
    );
  }

  /** Somebody waits for a place that has no room, until it is told to leave. */
  wait(priority: Priority): () => void {
    const client = new Departure();
    const places = [{ resource: 'full', waitMs: () => 1_000, take: () => expect.fail('There is no room') }];
    const end = { deadlineMs: Infinity, arrivedAt: this.nowMs };
    void Promise.resolve(this.dispatcher.room.enter({ places, priority, tenant: 't', cost: 1, client, ...end })).catch(
      () => {},
    );
    return () => client.leave();
  }

  /** One request for each of these, at this moment. */
  use(ids: string[], outcome: 'well' | 'dead'): void {
    for (const id of ids) {
      const lease = this.dispatcher.target(deploymentOf(id)).take({}, this.nowMs);
      if (outcome === 'well') lease.answered('first', 'plain', 10, this.nowMs);
      else lease.failed(new GatewayError('credential', ''), undefined, this.nowMs);
      lease.settle({}, this.nowMs);
    }
    this.dispatcher.noteCapacity(this.nowMs);
  }
}

function deploymentOf(id: string, more: Partial<Deployment> = {}): Deployment {
  return {
    id,
    endpoint: { name: id, dialect: 'd', baseUrl: '', credential: { kind: 'none' }, settings: {}, account: id },
    providerModel: id,
    model: 'm',
    capabilities: ABLE,
    price: undefined,
    family: 'f',
    ...more,
  };
}

/** A client asks for names that nobody has. */
function invent(names: number, dispatcher: Dispatcher): void {
  for (let name = 0; name < names; name++) {
    dispatcher.target(deploymentOf(`x${name}`, { isDirect: true }));
    dispatcher.pool(`x${name}`, true);
  }
}

describe('Dispatcher', () => {
  it('knows a deployment again', () => {
    const { dispatcher } = new Life();
    expect(dispatcher.target(deploymentOf('a'))).toBe(dispatcher.target(deploymentOf('a')));
    expect(dispatcher.pool('m', false)).toBe(dispatcher.pool('m', false));
    expect(dispatcher.pool('m', false)).not.toBe(dispatcher.pool('n', false));
  });

  it('gives two names of the same deployment their own limits and times, but one health', () => {
    const { dispatcher } = new Life();
    const slow = dispatcher.target(deploymentOf('a', { model: 'slow', timeouts: { firstTokenMs: 40_000 } }));
    const fast = dispatcher.target(deploymentOf('a', { model: 'fast', timeouts: { firstTokenMs: 100 } }));
    expect(slow.times.timeoutMs('plain')).toBe(60_000);
    expect(fast.times.timeoutMs('plain')).toBe(400);
    expect(slow.resource).not.toBe(fast.resource);
    for (let calls = 0; calls < 5; calls++) slow.fuse.enter(0).failed();
    expect(fast.obstacle({}, 0)).toBe('circuit_open');
  });

  it('keeps only so many targets and pools, whatever names clients invent', () => {
    const { dispatcher } = new Life();
    const first = dispatcher.target(deploymentOf('a', { isDirect: true }));
    const pool = dispatcher.pool('m', true);
    invent(2_000, dispatcher);
    expect(dispatcher.target(deploymentOf('a', { isDirect: true }))).not.toBe(first);
    expect(dispatcher.pool('m', true)).not.toBe(pool);
    expect([...dispatcher.targets]).toHaveLength(2_000);
  });

  it('keeps what the configuration names, though a client came upon it first, whatever names clients invent', () => {
    const { dispatcher } = new Life();
    const { fuse } = dispatcher.target(deploymentOf('a', { model: 'p/a', isDirect: true }));
    const target = dispatcher.target(deploymentOf('a'));
    const pool = dispatcher.pool('m', false);
    invent(3_000, dispatcher);
    expect(dispatcher.target(deploymentOf('a'))).toBe(target);
    expect([...dispatcher.targets]).toContain(target);
    expect(dispatcher.target(deploymentOf('a', { model: 'other' })).fuse).toBe(fuse);
    expect(dispatcher.pool('m', false)).toBe(pool);
  });

  it('declares an emergency when little of what is in use is left, and ends it by itself', () => {
    const life = new Life();
    life.use(['a', 'b', 'c'], 'well');
    life.nowMs = 1_000;
    life.use(['a', 'b', 'c'], 'dead');
    life.nowMs = 3_500;
    life.dispatcher.noteCapacity(life.nowMs);
    expect(life.alerts).toContainEqual({ event: 'emergency_began', by: 'capacity', usable: 0 });
    life.nowMs = 61_000;
    life.use(['a', 'b', 'c'], 'well');
    life.nowMs = 71_000;
    expect(life.dispatcher.emergency.active(life.nowMs)).toBe(false);
    expect(life.alerts.at(-1)).toMatchObject({ event: 'emergency_ended' });
  });

  const background: { name: string; waits?: Priority; forMs?: number; quietMs?: number; refusedForMs?: number }[] = [
    { name: 'serves it while nobody has to wait' },
    { name: 'serves it while only its kind waits', waits: 'background', forMs: 5_000 },
    { name: 'serves it while somebody urgent has waited for a moment only', waits: 'critical', forMs: 999 },
    { name: 'refuses it while somebody urgent has to wait', waits: 'normal', forMs: 1_000, refusedForMs: 2_000 },
    { name: 'refuses it still a moment later', waits: 'critical', forMs: 1_000, quietMs: 500, refusedForMs: 1_500 },
    { name: 'serves it again when that is a while ago', waits: 'critical', forMs: 1_000, quietMs: 2_000 },
  ];
  it.each(background)('of background work in an emergency, $name', ({ waits, forMs = 0, quietMs, refusedForMs }) => {
    const life = new Life();
    life.use(['a', 'b', 'c'], 'well');
    for (life.nowMs = 1_000; life.nowMs < 5_000; life.nowMs += 1_000) life.use(['a', 'b'], 'dead');
    expect(life.alerts).toContainEqual({ event: 'emergency_began', by: 'capacity', usable: 1 / 3 });
    const leave = waits && life.wait(waits);
    life.nowMs += forMs;
    const refusedFor = () => {
      try {
        life.dispatcher.refuseInEmergency('background');
        return undefined;
      } catch (cause) {
        return cause instanceof GatewayError && cause.kind === 'capacity' ? cause.retryAfterMs : cause;
      }
    };
    let refused = refusedFor();
    expect(() => life.dispatcher.refuseInEmergency('normal')).not.toThrow();
    if (quietMs !== undefined) {
      leave?.();
      life.nowMs += quietMs;
      refused = refusedFor();
    }
    expect(refused).toBe(refusedForMs);
  });

  it('is in no emergency because of one model, while the others are well', () => {
    const life = new Life();
    for (life.nowMs = 0; life.nowMs < 60_000; life.nowMs += 1_000) {
      life.use(['b', 'c'], 'well');
      life.use(['a'], 'dead');
    }
    expect(life.dispatcher.emergency.active(life.nowMs)).toBe(false);
  });

  it('is in none because of what nobody has asked for a minute', () => {
    const life = new Life();
    const gone = ['a', 'b', 'c', 'd'];
    life.use(gone, 'dead');
    life.nowMs = 60_000;
    life.use(gone, 'dead'); // For two minutes now.
    for (life.nowMs = 121_000; life.nowMs < 135_000; life.nowMs += 1_000) life.use(['e'], 'well');
    expect(life.dispatcher.target(deploymentOf('a')).isUsable(life.nowMs)).toBe(false);
    expect(life.dispatcher.emergency.active(life.nowMs)).toBe(false);
  });
});
