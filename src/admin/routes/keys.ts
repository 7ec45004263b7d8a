/** Virtual keys: those of the configuration are shown, those of the store made and changed, too. */
import * as z from 'zod';
import { issueKey, rotateKey, type WantedKey } from '../../books/tenants/issue.ts';
import { problemsWith, stateOf } from '../../books/tenants/view.ts';
import type { GatewayError } from '../../core/errors.ts';
import { Name, NewKey } from '../../config/tenants.ts';
import { IssuedKey, Key } from '../answers/books.ts';
import { endpoint, json } from '../endpoint.ts';
import { bookAbove, changed, findKey, keyOf, storedKey, taken } from '../key-book.ts';
import { changedTerms, KeyPatch } from '../key-terms.ts';
import { pageOf, pageSchema, Paging } from '../paging.ts';
import { invalid } from '../reading.ts';
import type { AdminSources } from '../sources.ts';
import { askBooks, freshen } from '../stores.ts';

const HOUR_MS = 3_600_000;
const MAX_OVERLAP_MS = 30 * 24 * HOUR_MS;

const parameters = z.strictObject({ key: z.string().min(1).max(64).describe('Its name or its id') });

export const keyEndpoints = [
  endpoint(
    {
      method: 'get',
      path: '/admin/v1/keys',
      summary: 'Keys by their names',
      query: z.strictObject({
        tenant: Name.optional(),
        state: z.enum(['active', 'expired', 'revoked']).optional(),
        ...Paging,
      }),
      answer: { status: 200, schema: pageSchema(Key) },
    },
    async ({ query, sources, nowMs }) => {
      await freshen(sources);
      const { directory } = sources.directory;
      const wanted = directory.keys
        .values()
        .filter((key) => query.tenant === undefined || query.tenant === directory.tenantOf(key))
        .filter((key) => query.state === undefined || query.state === stateOf(key, nowMs));
      const { data, cursor } = pageOf(wanted, ({ name }) => name, query);
      return json({ data: data.map((key) => keyOf(key, sources)), cursor });
    },
  ),
  endpoint(
    {
      method: 'post',
      path: '/admin/v1/keys',
      summary: 'Make a key; the secret is in this answer and nowhere else',
      body: NewKey,
      answer: { status: 201, schema: IssuedKey },
    },
    async ({ body, sources, nowMs }) => {
      await freshen(sources);
      const { key, secret } = issueKey(wantedKey(body, sources, nowMs), { ...sources.issue, nowMs });
      const known = sources.directory.directory;
      if (known.keys.values().some(({ name }) => name === key.name)) throw exists(key);
      const [problem] = problemsWith(key, bookAbove(key, known));
      if (problem !== undefined) throw invalid(problem.split(':')[0] ?? 'name', problem.replace(/^\w+: /, ''));
      if (!(await askBooks(sources, (store) => store.addKey(key)))) throw exists(key);
      await changed(sources, { change: 'key_created', name: key.name });
      return json({ ...keyOf(key, sources), secret }, 201);
    },
  ),
  endpoint(
    {
      method: 'get',
      path: '/admin/v1/keys/:key',
      summary: 'One key',
      parameters,
      answer: { status: 200, schema: Key },
    },
    async ({ parameters: { key }, sources }) => json(keyOf(await findKey(key, sources), sources)),
  ),
  endpoint(
    {
      method: 'patch',
      path: '/admin/v1/keys/:key',
      summary: 'Change what a key may do, never beyond what stands above it; null takes a setting away',
      parameters,
      body: KeyPatch,
      answer: { status: 200, schema: Key },
    },
    async ({ parameters: { key: name }, body, sources, nowMs }) => {
      const key = await storedKey(name, sources);
      const terms = changedTerms(key, body);
      if (body.expiresAt != null) checkFuture(terms.expiresAtMs, nowMs);
      await askBooks(sources, (store) => store.setTerms(key.id, terms));
      await changed(sources, { change: 'key_changed', name: key.name });
      return json(keyOf({ ...key, ...terms }, sources));
    },
  ),
  endpoint(
    {
      method: 'post',
      path: '/admin/v1/keys/:key/rotate',
      summary: 'Give a key another secret; the old one lives on for a while',
      parameters,
      body: z.strictObject({
        overlapMs: z
          .int()
          .min(0)
          .max(MAX_OVERLAP_MS)
          .default(24 * HOUR_MS)
          .describe('How long the old one is one still'),
      }),
      answer: { status: 200, schema: IssuedKey },
    },
    async ({ parameters: { key: name }, body: { overlapMs }, sources, nowMs }) => {
      const key = await storedKey(name, sources);
      const state = stateOf(key, nowMs);
      if (state !== 'active') throw taken('key_not_active', `The key "${key.name}" is ${state}; make a new one`);
      const issued = rotateKey(key, overlapMs, { ...sources.issue, nowMs });
      const isSet = await askBooks(sources, (store) => store.setSecrets(key.id, key.secrets, issued.key.secrets));
      if (!isSet) throw taken('key_changed', `The key "${key.name}" was changed by somebody else just now; try again`);
      await changed(sources, { change: 'key_rotated', name: key.name });
      return json({ ...keyOf(issued.key, sources), secret: issued.secret });
    },
  ),
  endpoint(
    {
      method: 'post',
      path: '/admin/v1/keys/:key/revoke',
      summary: 'End a key, for good; other servers know it within 10 s',
      parameters,
      answer: { status: 200, schema: Key },
    },
    async ({ parameters: { key: name }, sources, nowMs }) => {
      const key = await storedKey(name, sources);
      await askBooks(sources, (store) => store.revoke(key.id, nowMs));
      await changed(sources, { change: 'key_revoked', name: key.name });
      return json(keyOf({ ...key, revokedAtMs: key.revokedAtMs ?? nowMs }, sources));
    },
  ),
];

/** The key above it may be named by its name. */
function wantedKey(
  { expiresAt, parent: above, ...wanted }: z.output<typeof NewKey>,
  { directory }: AdminSources,
  nowMs: number,
): WantedKey {
  const expiresAtMs = expiresAt === undefined ? undefined : Date.parse(expiresAt);
  checkFuture(expiresAtMs, nowMs);
  const parent = directory.directory.keys.values().find(({ name }) => name === above)?.id ?? above;
  return { ...wanted, parent, expiresAtMs };
}

function exists({ name }: { name: string }): GatewayError {
  return taken('key_exists', `There is a key "${name}" already`);
}

function checkFuture(expiresAtMs: number | undefined, nowMs: number): void {
  if (expiresAtMs !== undefined && expiresAtMs <= nowMs) throw invalid('expiresAt', 'is over already; revoke the key');
}
