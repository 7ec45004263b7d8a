/** Responses in the store, each for its owner alone. */
import * as z from 'zod';
import { GatewayError } from '../../core/errors.ts';
import type { KeepDays, ObjectStore, StoredObject } from '../../core/objects.ts';
import type { Clock } from '../../core/ports.ts';
import { type Kept, partOf, type ResponseObject } from '../../doors/responses/stored.ts';
import { type Head, headOf, standingAt, textOf } from './head.ts';

export interface Archive {
  objects: ObjectStore;
  keepDays: Pick<KeepDays, 'responses'>;
  clock: Clock;
}

export interface Filed {
  /** Its response as it stands now. */
  kept: Kept;
  head: Head;
  /** As it is stored. */
  headText: string;
  bytes: number;
}

const DAY_MS = 86_400_000;
/** Ours, or a provider's whose bytes passed. */
const ID = /^[\w-]{1,200}$/;

/** Of one response, that can be referred to. */
const MAX_ITEMS = 128;

const Alias = z.object({ of: z.string() });

const Body = z.looseObject({
  response: z.looseObject({ id: z.string(), status: z.string(), output: z.array(z.looseObject({})) }),
  input: z.array(z.looseObject({})),
});

export async function find({ objects, clock }: Archive, owner: string, id: string): Promise<Filed | undefined> {
  const object = ID.test(id) ? await objects.get(owner, id, clock.now()) : undefined;
  if (object?.kind !== 'response') return undefined;
  const head = headOf(object.head);
  const stored: Kept = Body.parse(JSON.parse(object.body));
  const kept = { ...stored, response: standingAt(stored, head, clock.now()) };
  return { kept, head, headText: object.head, bytes: object.body.length };
}

/** Throws `route_not_found`, which is a 404. */
export async function get(archive: Archive, owner: string, id: string): Promise<Filed> {
  const filed = await find(archive, owner, id);
  if (filed) return filed;
  throw unknown(id);
}

export function unknown(id: string): GatewayError {
  return new GatewayError('route_not_found', `Response with id '${id.slice(0, 100)}' not found.`, {
    code: 'response_not_found',
  });
}

export async function keep({ objects, keepDays, clock }: Archive, owner: string, kept: Kept): Promise<string> {
  const nowMs = clock.now();
  const { id, status, background } = kept.response;
  const head = textOf({ status, background: background === true, aliveAtMs: nowMs });
  const times = { createdAtMs: createdAt(kept.response, nowMs), expiresAtMs: nowMs + keepDays.responses * DAY_MS };
  const object: StoredObject = { owner, id, kind: 'response', ...times, head, body: JSON.stringify(kept) };
  await objects.put(object);
  for (const item of foreignItems(kept)) {
    await objects.put({ owner, id: item, kind: 'item', ...times, head: JSON.stringify({ of: id }), body: '' });
  }
  return head;
}

/** Whose bytes passed: their ids are the provider's, and lead nowhere by themselves. */
function foreignItems({ response }: Kept): string[] {
  const isForeign = (id: unknown): id is string => typeof id === 'string' && ID.test(id) && partOf(id) === undefined;
  return response.output
    .map(({ id }) => id)
    .filter(isForeign)
    .slice(0, MAX_ITEMS);
}

/** The response that an item is part of. */
export async function responseOf(
  { objects, clock }: Archive,
  owner: string,
  item: string,
): Promise<string | undefined> {
  const own = partOf(item);
  if (own !== undefined || !ID.test(item)) return own;
  const alias = await objects.get(owner, item, clock.now());
  return alias?.kind === 'item' ? Alias.parse(JSON.parse(alias.head)).of : undefined;
}

function createdAt({ created_at: seconds }: ResponseObject, nowMs: number): number {
  return typeof seconds === 'number' && Number.isFinite(seconds) ? Math.trunc(seconds * 1_000) : nowMs;
}
