/** The store of keys as a server finds it at its start. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Running, startNode } from '../support/servers.ts';

const folder = mkdtempSync(join(tmpdir(), 'signalbox-store-'));
const PLAIN = 'server: { rehearsal: false }\nadmin: { enabled: false }\nlog: { level: error }\n';

describe('a server without keys in its configuration', () => {
  let running: Running | undefined;
  afterEach(() => running?.stop());

  it('says that a store cannot be read, and lets nobody in', async () => {
    const path = join(folder, 'broken.db');
    writeFileSync(path, 'This is no database, however long one may look at it.');
    running = await startNode(`${PLAIN}store: { path: ${path} }`);
    expect(running.output()).toContain('keys: the store cannot be read, so every request gets 503');
    const answer = await fetch(`${running.url}/v1/models`);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await answer.json()).toMatchObject({ error: { code: 'keys_unavailable' } });
  });

  it('is open where there is no store and none can be made', async () => {
    running = await startNode(`${PLAIN}store: { path: /sys/nowhere/keys.db }`);
    expect((await fetch(`${running.url}/v1/models`)).status).toBe(200);
  });
});
