import { expect } from 'vitest';
import type { Column } from '../columns.ts';
import type { Support } from '../feature.ts';
import { gravestOf } from '../judge.ts';
import type { DoorClient, DoorFeature, Told } from './feature.ts';
import { Visit } from './visit.ts';

export interface Case {
  client: DoorClient;
  feature: DoorFeature;
  column: Column;
  streamed: boolean;
}

/** Runs a feature and says what became of it. Throws where the answer is wrong, or something else was lost. */
export async function judge({ feature, ...how }: Case): Promise<Support> {
  const visit = new Visit({ ...how, upstream: feature.upstream });
  try {
    const told = await perform(feature, visit);
    const support = gravestOf(visit.warned, feature.param);
    if (support === 'dropped' || support === 'changed') await expectRefusal({ feature, ...how });
    if (support === 'dropped' || !told) return support;
    feature.check?.(told, visit);
    if (feature.gives && !feature.gives(told, visit)) return 'absent';
    if (support !== 'native') return support;
    if (visit.passed) return 'passed';
    const isSaid = !feature.sent || visit.sent.some((body) => feature.sent?.test(body));
    return isSaid ? 'native' : 'equal';
  } catch (cause) {
    if (isRefusal(cause, { feature, ...how })) return 'refused';
    throw cause;
  }
}

async function perform(feature: DoorFeature, visit: Visit): Promise<Told | undefined> {
  return feature.run ? feature.run(visit) : visit.ask(feature.ask ?? {});
}

/** Under `x-signalbox-strict` the same question is refused. */
async function expectRefusal({ feature, ...how }: Case): Promise<void> {
  const strict = new Visit({ ...how, headers: { 'x-signalbox-strict': 'true' }, upstream: feature.upstream });
  const cause: unknown = await perform(feature, strict).catch((reason: unknown) => reason);
  expect(isRefusal(cause, { feature, ...how }), 'x-signalbox-strict refuses it').toBe(true);
}

function isRefusal(cause: unknown, { client, feature: { param } }: Case | Omit<Case, 'column' | 'streamed'>): boolean {
  if (!(cause instanceof client.raises) || client.statusOf(cause) !== 400) return false;
  return param !== undefined && param.test(client.fieldOf(cause));
}
