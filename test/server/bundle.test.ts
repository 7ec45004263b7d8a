/** What `npm start` runs: one bundle, as long as it was made of the files that are there. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRaw } from '../platform/http1-server.ts';

const ROOT = join(import.meta.dirname, '../..');
const TOKEN = 'admin-token-of-the-bundle-0123456789';
const folder = mkdtempSync(join(tmpdir(), 'signalbox-bundle-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('which code runs', () => {
  const house = join(folder, 'house');
  const put = (file: string, text: string) => {
    mkdirSync(join(house, file, '..'), { recursive: true });
    writeFileSync(join(house, file), text);
  };
  const said = () => execFileSync(process.execPath, ['bin/signalbox.js'], { cwd: house, encoding: 'utf8' });
  const build = () => execFileSync(process.execPath, ['scripts/bundle.ts'], { cwd: house, encoding: 'utf8' });

  beforeAll(() => {
    mkdirSync(house);
    for (const part of ['bin', 'scripts/bundle.ts', 'package.json', 'package-lock.json'])
      cpSync(join(ROOT, part), join(house, part), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(house, 'node_modules'));
    put('src/platform/ledger/sqlite-thread.ts', '');
    put('src/core/greeting.ts', 'export const greeting: string = "hello";');
    put(
      'src/node.ts',
      'import { greeting } from "./core/greeting.ts"; console.log(greeting, import.meta.url.slice(-7));',
    );
  });

  it.each([
    ['the sources before anything is built', () => {}, 'hello node.ts'],
    ['the bundle once it is built', build, 'hello node.js'],
    [
      'the sources after an edit',
      () => put('src/core/greeting.ts', 'export const greeting = "good day";'),
      'good day node.ts',
    ],
    ['the bundle again once it is built again', build, 'good day node.js'],
    [
      'the bundle when npm has written its lock anew',
      () => utimesSync(join(house, 'package-lock.json'), 1e9, 1e9),
      'good day node.js',
    ],
    ['the sources when other packages are installed', () => put('package-lock.json', '{}'), 'good day node.ts'],
    ['the sources when a bundle is half there', () => put('dist/node/made-of.json', '{"src/node'), 'good day node.ts'],
  ])('%s', (_, change, heard) => {
    change();
    expect(said().trim().replace('/node', 'node')).toBe(heard);
  });

  it('leaves parts for a server that began with the bundle before, and in the end throws them away', () => {
    put('dist/node/today.js', '');
    put('dist/node/last-year.js', '');
    utimesSync(join(house, 'dist/node/last-year.js'), 1e9, 1e9);
    put('src/core/greeting.ts', 'export const greeting = "evening";');
    build();
    const parts = readdirSync(join(house, 'dist/node'));
    expect(parts.filter((part) => /today|last-year/.test(part))).toEqual(['today.js']);
  });

  it('builds nothing where nothing was edited', () => {
    build();
    put('dist/node/node.js', 'console.log("untouched")');
    build();
    expect(said()).toBe('untouched\n');
  });
});

describe('the bundle', () => {
  const configuration = join(folder, 'signalbox.yaml');
  writeFileSync(configuration, `admin: { port: 0, token: ${TOKEN} }\n`);

  beforeAll(() => execFileSync(process.execPath, ['scripts/bundle.ts'], { cwd: ROOT }));

  const start = (file: string, flags: string[] = []) =>
    spawn(process.execPath, [...flags, join(ROOT, 'dist/node/node.js'), '--port', '0', '--config', file], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });

  it('answers, keeps its books in its thread, and shows its page', async () => {
    const server = start(configuration);
    try {
      const said = await beginning(server.stdout);
      const [address = ''] = /http:\S+\/v1\b/.exec(said) ?? [];
      const [admin = ''] = /http:\S+\/admin\b/.exec(said) ?? [];
      expect(await ask(address, 'auto')).toMatchObject({
        object: 'chat.completion',
        choices: [{ finish_reason: 'stop' }],
      });
      expect((await fetch(admin)).status).toBe(200);
      await expect.poll(() => requestsIn(admin), { timeout: 10_000 }).toBe(1);
    } finally {
      server.kill();
      await once(server, 'exit');
    }
  });

  it('serves without Node’s own web client and HTTP/2', async () => {
    await using provider = await startRaw();
    const completion = { object: 'chat.completion', choices: [{ index: 0, message: { content: 'Hi' } }] };
    const body = JSON.stringify(completion);
    provider.respond((socket) => socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`));
    const file = join(folder, 'local.yaml');
    writeFileSync(
      file,
      `admin: { port: 0 }\nproviders: { local: { dialect: openai, baseUrl: "${provider.url}/v1" } }\n`,
    );
    const tell = 'process.on("exit", () => console.log("loaded", process.moduleLoadList.join()))';
    const server = start(file, ['--import', `data:text/javascript,${encodeURIComponent(tell)}`]);
    let loaded = '';
    try {
      const [address = ''] = /http:\S+\/v1\b/.exec(await beginning(server.stdout)) ?? [];
      expect(await ask(address, 'local/any')).toMatchObject(completion);
      expect((await fetch(`${address}/models`)).status).toBe(200);
      expect((await fetch(address.replace('/v1', '/readyz'))).status).toBe(200);
    } finally {
      server.kill();
      for await (const piece of server.stdout) loaded += piece;
    }
    expect(loaded).toContain('NativeModule http,');
    expect(loaded).not.toMatch(/undici|http2/);
  });
});

async function ask(address: string, model: string): Promise<unknown> {
  const answer = await fetch(`${address}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
  });
  return answer.json();
}

/** What it says until it says how to try it. */
async function beginning(output: Readable): Promise<string> {
  let said = '';
  for await (const piece of output.iterator({ destroyOnReturn: false })) {
    said += piece;
    if (said.includes('Try it')) break;
  }
  return said;
}

async function requestsIn(admin: string): Promise<number | undefined> {
  const answer = await fetch(`${admin}/v1/usage`, { headers: { authorization: `Bearer ${TOKEN}` } });
  const { data } = (await answer.json()) as { data: { requests: number }[] };
  return data[0]?.requests;
}
