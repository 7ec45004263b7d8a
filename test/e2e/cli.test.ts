/** The command as a user runs it: what it prints, how it ends, how it stops. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ENTRY = resolve('bin/signalbox.js');
const PATH = { PATH: process.env.PATH ?? '' };
const folder = mkdtempSync(join(tmpdir(), 'signalbox-cli-'));

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** In an empty folder, with nothing in the environment but what is given. */
function start(options: readonly string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [ENTRY, ...options], { cwd: folder, env: { ...PATH, ...environment } });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk));
  const ended = new Promise<Ended>((done) => child.once('close', (code) => done({ code, ...output })));
  return { child, output, ended };
}

const run = (options: readonly string[], environment?: Record<string, string>) => start(options, environment).ended;

function file(name: string, yaml: string): string {
  const path = join(folder, name);
  writeFileSync(path, yaml, { mode: 0o600 });
  return path;
}

async function listening({
  child,
  output,
  ended,
}: ReturnType<typeof start>): Promise<{ child: ChildProcess; url: string }> {
  for (;;) {
    const url = /listens on (http:\S+)\/v1/.exec(output.stdout)?.[1];
    if (url) return { child, url };
    const over = await Promise.race([ended, new Promise<undefined>((later) => setTimeout(later, 30))]);
    if (over) throw new Error(`The server ended: ${over.stderr}`);
  }
}

describe('signalbox', () => {
  it('explains itself', async () => {
    const { code, stdout } = await run(['--help']);
    expect(code).toBe(0);
    for (const word of ['check', '--config', '--host', '--port', 'SIGNALBOX_CONFIG', 'ANTHROPIC_API_KEY'])
      expect(stdout).toContain(word);
  });

  it('tells its version', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each([
    ['a command that there is not', ['serve'], 'There is no command "serve"'],
    ['two commands', ['start', 'check'], 'one command'],
    ['an option that there is not', ['--prot', '1'], "'--prot'"],
    ['a port that is none', ['--port', 'http'], '"http" is no port'],
    [
      'the port of the admin API',
      ['check', '--port', '8788'],
      'the environment: admin.port: is 8788, as server.port is',
    ],
  ])('refuses %s, without a stack', async (_what, options, says) => {
    const { code, stderr } = await run(options);
    expect(code).toBe(1);
    expect(stderr).toContain(says);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it.each([
    ['without keys', []],
    ['even for a check', ['check']],
  ])('refuses an address that others can reach, %s', async (_what, command) => {
    const { code, stderr } = await run([...command, '--host', '0.0.0.0', '--port', '0']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/server\.host: 0\.0\.0\.0 can be reached.*keys:/);
  });

  it('listens there with keys, and lets in only who has one', async () => {
    const keyed = file('keyed.yaml', 'keys: [{ name: app, key: "${APP_KEY}" }]');
    const options = ['--config', keyed, '--host', '0.0.0.0', '--port', '0'];
    const { child, url } = await listening(start(options, { APP_KEY: 'a-key-of-some-length' }));
    const models = `${url.replace('0.0.0.0', '127.0.0.1')}/v1/models`;
    expect((await fetch(models)).status).toBe(401);
    expect((await fetch(models, { headers: { authorization: 'Bearer a-key-of-some-length' } })).status).toBe(200);
    child.kill('SIGKILL');
  });

  it('says that a port is taken, and ends', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await new Promise((ready) => squatter.once('listening', ready));
    const address = squatter.address();
    const port = typeof address === 'object' && address ? String(address.port) : '';
    const { code, stderr } = await run(['--port', port]);
    squatter.close();
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `server.port: ${port} on 127.0.0.1 is taken; choose another with --port\n`,
    });
  });
});

describe('a start that fails', () => {
  it.each([
    ['a price file that is not there', 'prices: { file: nowhere.json }', 'prices.file: nowhere.json cannot be read'],
    [
      'a rule none of whose models is served',
      'routing: { rules: { rules: [{ name: a, do: { use: [nobody] } }] } }',
      'no model is called "nobody"',
    ],
  ])('ends where practice providers run already: %s', async (what, yaml, says) => {
    const { child, ended } = start(['--config', file(`${what.replaceAll(' ', '-')}.yaml`, yaml), '--port', '0']);
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
    const { code, stderr } = await ended;
    clearTimeout(late);
    expect(code).toBe(1);
    expect(stderr).toContain(says);
  });
});

describe('signalbox check', () => {
  const good = file('good.yaml', 'providers: { openai: { apiKey: "${KEY}" } }');

  it('finds a good file valid, and tells no secret', async () => {
    const { code, stdout, stderr } = await run(['check', '-c', good], { KEY: 'sk-secret-0123456789' });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`${good}: valid. Providers: openai`);
    expect(stdout).not.toContain('sk-secret');
  });

  it('finds the file that SIGNALBOX_CONFIG names', async () => {
    const { code, stdout } = await run(['check'], { SIGNALBOX_CONFIG: good, KEY: 'sk-secret-0123456789' });
    expect(code).toBe(0);
    expect(stdout).toContain(`${good}: valid`);
  });

  it('prefers --config to SIGNALBOX_CONFIG', async () => {
    const { stdout } = await run(['check', '-c', good], { SIGNALBOX_CONFIG: 'other.yaml', KEY: 'sk-0123456789' });
    expect(stdout).toContain(`${good}: valid`);
  });

  it('needs no file', async () => {
    const { code, stdout } = await run(['check']);
    expect(code).toBe(0);
    expect(stdout).toContain('the environment: valid. Providers: practice providers');
  });

  it('uses the credentials of the environment', async () => {
    const { stdout } = await run(['check'], { ANTHROPIC_API_KEY: 'sk-ant-0123456789', AWS_PROFILE: 'work' });
    expect(stdout).toContain('Providers: anthropic, bedrock');
  });

  it.each([
    ['a wrong type', 'server: { port: many }', 'server.port: Invalid input: expected number'],
    ['a slip of the pen', 'sever: {}', 'sever: there is no such setting; did you mean "server"?'],
    ['a variable that is not set', 'keys: [{ name: a, key: "${NOPE}" }]', 'keys.0.key: the environment has no NOPE'],
    ['no YAML', 'server: { port: 1', 'is not YAML'],
    [
      'a provider without a key, which only the start used to find',
      'providers: { mine: { dialect: openai } }',
      'providers.mine.apiKey: the openai API needs a key',
    ],
    [
      'a price file that is not there, which only the start used to find',
      'prices: { file: nowhere.json }',
      'prices.file: nowhere.json cannot be read',
    ],
  ])('names file and place of %s', async (_what, yaml, says) => {
    const bad = file('bad.yaml', yaml);
    const { code, stdout, stderr } = await run(['check', '--config', bad]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`${bad}: ${says}`);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('names a file that is not there', async () => {
    const { code, stderr } = await run(['check', '-c', 'nowhere.yaml']);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'nowhere.yaml: cannot be read (ENOENT); name another file with --config\n',
    });
  });
});

describe('a running signalbox', () => {
  let running: { child: ChildProcess; url: string };
  beforeAll(async () => {
    running = await listening(start(['--port', '0']));
  });
  afterAll(() => running.child.kill('SIGKILL'));

  it('finishes a running stream after SIGTERM, takes nothing new, and ends soon with 0', async () => {
    const { child, url } = running;
    const silent = connect(Number(new URL(url).port), '127.0.0.1').resume();
    await new Promise((ready) => silent.once('connect', ready));
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({
        model: 'claude-sonnet-5-5',
        stream: true,
        messages: [{ role: 'user', content: 'Hello [practice: words=40]' }],
      }),
    });
    const reader = response.body?.getReader();
    let text = new TextDecoder().decode((await reader?.read())?.value);
    const ended = new Promise((done) => child.once('exit', (code, signal) => done(code ?? signal)));
    child.kill('SIGTERM');
    await expect
      .poll(() =>
        fetch(`${url}/livez`).then(
          ({ status }) => status,
          () => 'refused',
        ),
      )
      .toBe('refused');
    for (let next = await reader?.read(); next && !next.done; next = await reader?.read())
      text += new TextDecoder().decode(next.value);
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    const finishedAt = Date.now();
    expect(await ended).toBe(0);
    expect(Date.now() - finishedAt).toBeLessThan(10_000); // Not `drainMs`: a connection without a request holds nobody up.
    expect(silent.readableEnded).toBe(true);
  });
});
