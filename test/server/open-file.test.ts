import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { loadConfiguration } from '../../src/server/configuration.ts';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'open-file-'))));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

async function saidOf(yaml: string, mode: number): Promise<string> {
  const file = join(folder, 'signalbox.yaml');
  writeFileSync(file, yaml);
  chmodSync(file, mode);
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  said.mockClear();
  await loadConfiguration({ config: file }, { KEY: 'sk-from-the-environment' });
  return said.mock.calls.map(([text]) => String(text)).join('');
}

const account = JSON.stringify({
  client_email: 'a@b.test',
  private_key: '-----BEGIN PRIVATE KEY-----\\nMII',
  token_uri: 'https://oauth2.test/token',
});

it.each([
  ['an apiKey', 'providers: { openai: { apiKey: sk-in-the-file } }'],
  ['one of apiKeys', 'providers: { openai: { apiKeys: ["${KEY}", sk-in-the-file] } }'],
  ['a pair of AWS', 'providers: { bedrock: { region: us-east-1, accessKeyId: AKIA, secretAccessKey: of-aws } }'],
  ['a service account', `providers: { gemini: { project: p, serviceAccount: ${JSON.stringify(account)} } }`],
  ['a client key', 'keys: [{ name: app, key: a-key-of-a-client-0123456789 }]'],
  ['the admin token', 'admin: { enabled: true, token: a-token-of-the-operator-0123 }'],
])('warns of %s in a file that others may read, and not where nobody else may', async (_what, yaml) => {
  expect(await saidOf(yaml, 0o644)).toContain('holds secrets and others on this machine may read it');
  expect(await saidOf(yaml, 0o600)).toBe('');
});

it('does not warn of names of the environment', async () => {
  expect(await saidOf('providers: { openai: { apiKeys: ["${KEY}"] } }', 0o644)).toBe('');
});
