/** How the page is served: what is open, what is not, and what of a request from the playground goes on to the router. */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { createPageApp } from '../../src/admin/page/app.ts';
import { hashKey, KEY_CHECK } from '../../src/platform/key-hash.ts';
import { CLIENT_KEY, createWorld, TOKEN } from '../admin/world.ts';

const world = createWorld();
const asked: { request: Request; body: string }[] = [];
const page = createPageApp({
  admin: (request) => world.app.fetch(request),
  router: async (request) => {
    asked.push({ request, body: await request.text() });
    return new Response('data: hello\n\n', {
      headers: { 'x-signalbox-deployment': 'a/b', 'cache-control': 'no-cache' },
    });
  },
  lock: { hash: hashKey(TOKEN), check: KEY_CHECK },
  sources: world.sources,
});
const bearer = { authorization: `Bearer ${TOKEN}` };

describe('the page', () => {
  it.each([
    ['/', 'text/html; charset=utf-8'],
    ['/admin', 'text/html; charset=utf-8'],
    ['/admin/', 'text/html; charset=utf-8'],
    ['/admin/page/app.js', 'text/javascript; charset=utf-8'],
    ['/admin/page/app.css', 'text/css; charset=utf-8'],
    ['/admin/page/icon.svg', 'image/svg+xml'],
  ])('opens %s to everybody, under a strict policy', async (path, type) => {
    const { status, headers } = await page.request(path);
    expect([status, headers.get('content-type')]).toEqual([200, type]);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(headers.get('x-frame-options')).toBe('DENY');
    const etag = headers.get('etag') ?? '';
    const again = await page.request(path, { headers: { 'if-none-match': etag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  it.each([
    '/admin/page/',
    '/admin/page/assets.json',
    '/admin/page/../v1/keys',
    '/admin/v1/health',
    '/admin/v1/play/models',
    '/admin/v1/play/nothing',
    '/metrics',
    '/v1/models',
  ])('opens %s to nobody without the token', async (path) => {
    expect((await page.request(path)).status).toBe(401);
    expect((await page.request(path, { headers: { authorization: `Bearer ${CLIENT_KEY}` } })).status).toBe(401);
  });

  it('has no word of its own inline, and none from elsewhere', async () => {
    const html = await (await page.request('/admin')).text();
    expect(html).not.toMatch(/<script(?![^>]* src=)|<style|style=|\son\w+=|https?:/);
  });

  it('has nothing in its script that makes markup of text', async () => {
    const script = await (await page.request('/admin/page/app.js')).text();
    expect(script).not.toMatch(/insertAdjacentHTML|document\.write|\beval\(|new Function|dangerouslySetInnerHTML:/);
  });

  it('is what web/ makes', () => {
    expect(() => execFileSync('node', ['scripts/page.ts', '--check'], { stdio: 'pipe' })).not.toThrow();
  });
});

describe('the playground', () => {
  const send = (path: string, init: RequestInit = {}) => page.request(`/admin/v1/play${path}`, init);

  it.each([
    ['GET', '/models', '/v1/models'],
    ['POST', '/route', '/v1/route'],
    ['POST', '/chat/completions', '/v1/chat/completions'],
  ])('hands %s %s on, with the key and without the token', async (method, path, goes) => {
    const headers = { ...bearer, 'x-api-key': CLIENT_KEY, cookie: 'a=b', 'x-signalbox-priority': 'critical' };
    const response = await send(path, { method, headers, ...(method === 'POST' && { body: '{"model":"auto"}' }) });
    const last = asked.at(-1);
    expect(new URL(last?.request.url ?? '').pathname).toBe(goes);
    expect([...(last?.request.headers.keys() ?? [])].toSorted()).toEqual(
      [...(method === 'POST' ? ['content-type'] : []), 'x-api-key', 'x-signalbox-priority'].toSorted(),
    );
    expect(last?.body).toBe(method === 'POST' ? '{"model":"auto"}' : '');
    expect(JSON.stringify([...(last?.request.headers ?? [])])).not.toContain(TOKEN);
    expect(response.headers.get('x-signalbox-deployment')).toBe('a/b');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).toBe('data: hello\n\n');
  });

  it.each([
    ['GET', '/chat/completions'],
    ['POST', '/feedback'],
    ['POST', '/models'],
    ['GET', '/../keys'],
    ['GET', '//models'],
  ])('hands no %s %s on', async (method, path) => {
    const before = asked.length;
    await send(path, { method, headers: bearer });
    expect(asked.length).toBe(before);
  });
});
