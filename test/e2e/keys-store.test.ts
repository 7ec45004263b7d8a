/** The store of keys as a server finds it at its start. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { type Running, startNode } from '../support/servers.ts';

const folder = mkdtempSync(join(tmpdir(), 'signalbox-store-'));
const PLAIN = 'server: { rehearsal: false }\nadmin: { enabled: false }\nlog: { level: error }\n';

const run = promisify(execFile);
const keys = (yaml: string, ...words: string[]) => {
  const file = join(mkdtempSync(join(tmpdir(), 'signalbox-keys-')), 'signalbox.yaml');
  writeFileSync(file, yaml, { mode: 0o600 });
  return run(process.execPath, ['bin/signalbox.js', 'keys', ...words, '--config', file], { env: { PATH: '' } });
};

describe('signalbox keys', () => {
  it('makes a key that a server with the same configuration knows', async () => {
    const yaml = `${PLAIN}store: { path: ${join(folder, 'shared.db')} }`;
    const { stdout } = await keys(yaml, 'create', 'app');
    const running = await startNode(yaml);
    const status = async (headers: Record<string, string>) =>
      (await fetch(`${running.url}/v1/models`, { headers })).status;
    const told = [await status({ authorization: `Bearer ${stdout.trim()}` }), await status({})];
    await running.stop();
    expect(told).toEqual([200, 401]);
  });

  it.each([
    ['practice without a file', PLAIN, 'store.path: without credentials a server practises'],
    ['a store in memory', `${PLAIN}store: { path: ":memory:" }`, 'store.path: is in memory'],
    ['no store', `${PLAIN}store: { enabled: false, path: ${join(folder, 'off.db')} }`, 'store.enabled: is false'],
  ])('refuses to make what no server would know: %s', async (_what, yaml, says) => {
    await expect(keys(yaml, 'create', 'app')).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(says),
    });
    expect((await keys(yaml, 'list')).stdout).toContain('NAME');
    expect(existsSync(join(folder, 'off.db'))).toBe(false);
  });
});

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
