/** Which doors open to whom: every path of both applications. */
import { afterAll, describe, expect, it } from 'vitest';
import { createAdminApp } from '../../src/admin/app.ts';
import { createApp } from '../../src/http/app.ts';
import { BackgroundRuns } from '../../src/http/responses/runs.ts';
import type { Gateway } from '../../src/gateway/gateway.ts';
import { fetchHttp } from '../../src/platform/fetch-http.ts';
import { newId } from '../../src/platform/ids.ts';
import { memoryObjects } from '../../src/platform/objects/memory.ts';
import { hashKey, KEY_CHECK } from '../../src/platform/key-hash.ts';
import { viewOf } from '../support/routing.ts';
import { CLIENT_KEY, createWorld, TOKEN } from './world.ts';
import type { Batches } from '../../src/batches/batches.ts';

const world = createWorld();
afterAll(() => world.close());

const { clock } = world.sources;
const objects = memoryObjects();
const keepDays = { responses: 1, files: 1, batches: 1 };
const timers = { after: () => () => {} };
const nobody = () => Promise.reject(new Error('nobody answers here'));
const publicApp = createApp({
  gateway: { routing: viewOf({}) } as unknown as Gateway,
  objects,
  keepDays,
  runs: new BackgroundRuns({ archive: { objects, keepDays, clock }, answer: nobody, timers, onLost: () => {} }),
  batches: {} as Batches, // Only the addresses are asked for.
  http: fetchHttp,
  keys: world.directory,
  keyCheck: KEY_CHECK,
  limits: { maxBodyBytes: 10_000, maxMessages: 10, maxDepth: 10 },
  keepAliveMs: 1_000,
  clock,
  newId,
  isReady: () => true,
  onFeedback: () => {},
  onInternalError: () => {},
});

interface App {
  routes: { method: string; path: string }[];
}

const routesOf = ({ routes }: App) =>
  routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => ({ method, path: path.replaceAll(/:(\w+)(\{[^}]*\})?/g, 'app') }));
const admin = routesOf(world.app);
const ours = routesOf(publicApp).filter(({ path }) => path.startsWith('/v1'));
const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

const STRANGERS: { name: string; headers?: Record<string, string>; query?: string }[] = [
  { name: 'nobody' },
  { name: "a client's key", headers: bearer(CLIENT_KEY) },
  { name: "a client's key as x-api-key", headers: { 'x-api-key': CLIENT_KEY } },
  { name: 'a token that is not one', headers: bearer('the-operators-token-0123456780') },
  { name: 'a part of the token', headers: bearer(TOKEN.slice(0, -1)) },
  { name: 'the token and more', headers: bearer(`${TOKEN}x`) },
  { name: 'the token in other letters', headers: bearer(TOKEN.toUpperCase()) },
  { name: 'no token', headers: { authorization: 'Bearer ' } },
  { name: 'the token as x-api-key', headers: { 'x-api-key': TOKEN } },
  { name: 'the token without Bearer', headers: { authorization: TOKEN } },
  { name: 'the token as a password', headers: { authorization: `Basic ${btoa(`admin:${TOKEN}`)}` } },
  { name: 'the token in a cookie', headers: { cookie: `token=${TOKEN}` } },
  { name: 'the token in the address', query: `?token=${TOKEN}&access_token=${TOKEN}` },
  { name: 'two tokens', headers: { authorization: `Bearer ${TOKEN} ${TOKEN}` } },
  { name: 'a very long token', headers: bearer('x'.repeat(8_000)) },
];

describe('the admin API', () => {
  it('has its paths below /admin, and two that others expect elsewhere', () => {
    const outside = admin.filter(({ path }) => !path.startsWith('/admin/')).map(({ path }) => path);
    expect(outside).toEqual(['/metrics', '/openapi.json']);
    expect(admin.length).toBeGreaterThan(20);
  });

  const OTHERS = [
    { method: 'GET', path: '/' },
    { method: 'GET', path: '/admin' },
    { method: 'GET', path: '/admin/v1/nothing' },
    { method: 'OPTIONS', path: '/admin/v1/keys' },
    { method: 'HEAD', path: '/metrics' },
    { method: 'TRACE-LIKE', path: '/metrics' },
    { method: 'GET', path: '//metrics' },
    { method: 'GET', path: '/v1/../metrics' },
    { method: 'GET', path: '/livez' },
  ];

  describe.each(STRANGERS)('to $name', ({ headers = {}, query = '' }) => {
    it.each([...admin, ...OTHERS])('refuses $method $path', async ({ method, path }) => {
      const response = await world.app.request(path + query, { method, headers });
      expect(response.status).toBe(401);
      const text = await response.text();
      expect(text === '' ? undefined : JSON.parse(text).error.code).toBe(
        method === 'HEAD' ? undefined : 'invalid_admin_token',
      );
      expect(text).not.toContain(TOKEN);
    });
  });

  it.each(admin)('to the operator it opens $method $path', async ({ method, path }) => {
    const response = await world.app.request(path, { method, headers: bearer(TOKEN) });
    expect(response.status).not.toBe(401);
    expect(response.status).toBeLessThan(500);
  });

  it.each(['/admin/v1/health/', '/Admin/v1/health', '/admin/v1/health/x', '/admin//v1/health', '/admin/v1/%68ealth/'])(
    'has no %s',
    async (path) => {
      const response = await world.app.request(path, { headers: bearer(TOKEN) });
      expect(response.status).toBe(404);
    },
  );

  it.each([...admin, { method: 'GET', path: '/nothing' }])(
    'says of $method $path that nobody may keep or frame it',
    async ({ method, path }) => {
      for (const headers of [{}, bearer(TOKEN)]) {
        const { headers: told } = await world.app.request(path, {
          method,
          headers: { ...headers, origin: 'https://evil.example' },
        });
        expect(told.get('cache-control')).toBe('no-store');
        expect(told.get('x-frame-options')).toBe('DENY');
        expect(told.get('x-content-type-options')).toBe('nosniff');
        expect(told.get('content-security-policy')).toContain("default-src 'none'");
        expect(told.get('access-control-allow-origin')).toBeNull();
      }
    },
  );

  it('does not take a token that is the key of a client, too', async () => {
    const lock = { hash: hashKey(CLIENT_KEY), check: KEY_CHECK };
    const app = createAdminApp({ sources: world.sources, lock, http: fetchHttp });
    const response = await app.request('/metrics', { headers: bearer(CLIENT_KEY) });
    expect(response.status).toBe(401);
    expect(await response.text()).toContain('key of a client');
  });
});

describe('the public API', () => {
  it.each(ours)('refuses the admin token at $method $path', async ({ method, path }) => {
    for (const headers of [bearer(TOKEN), { 'x-api-key': TOKEN }, { 'x-goog-api-key': TOKEN }]) {
      const response = await publicApp.request(path, { method, headers });
      expect(response.status).toBe(401);
    }
  });

  it.each(ours)('lets a client in at $method $path', async ({ method, path }) => {
    const response = await publicApp.request(path, { method, headers: bearer(CLIENT_KEY) });
    expect(response.status).not.toBe(401);
  });

  it.each(admin)('has no $path of the admin API', async ({ method, path }) => {
    for (const headers of [{}, bearer(TOKEN), bearer(CLIENT_KEY)]) {
      const response = await publicApp.request(path, { method, headers });
      expect(response.status).toBe(404);
    }
  });
});
