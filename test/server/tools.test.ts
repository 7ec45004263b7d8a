/** `signalbox explain`, `replay` and `fit` as a user runs them. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ENTRY = resolve('bin/signalbox.js');
const folder = mkdtempSync(join(tmpdir(), 'signalbox-tools-'));

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function run(options: readonly string[], input = ''): Promise<Ended> {
  const child = spawn(process.execPath, [ENTRY, ...options], { cwd: folder, env: { PATH: process.env.PATH ?? '' } });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk));
  child.stdin.end(input);
  return new Promise((done) => child.once('close', (code) => done({ code, ...output })));
}

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text, { mode: 0o600 });
  return name;
}

const ask = (content: string) => JSON.stringify({ model: 'auto', messages: [{ role: 'user', content }] });
const REQUEST = file('ask.json', ask('Hello'));
const CONFIG = file(
  'new.yaml',
  `
keys: [{ name: app, key: key-app-0123456789, maxCostUsd: 0.0000001 }]
routing: { rules: rules.yaml }
`,
);
file('rules.yaml', 'rules:\n  - { name: mail is low, when: { header: { x-app: mail } }, do: { tier: haiku } }\n');

describe('signalbox explain', () => {
  it('says who would be asked, and why', async () => {
    const { code, stdout, stderr } = await run(['explain', REQUEST]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^asked for {2}auto\nwould ask {2}\S+ \(tier haiku\)\nreason {5}auto -> haiku \(score/);
    for (const word of ['score', 'session', 'plan', 'candidates']) expect(stdout).toContain(word);
  });

  it('reads standard input, takes headers, and reads the rules of the configuration', async () => {
    const options = ['explain', '-', '-c', CONFIG, '--header', 'X-App: mail'];
    const { code, stdout } = await run(options, ask('Prove and analyse this step by step.'));
    expect(code).toBe(0);
    expect(stdout).toContain("auto -> haiku (rule 'mail is low')");
    expect(stdout).toContain('rules      mail is low: tier haiku');
  });

  it("reckons with the operator's own prices", async () => {
    const row = { dialect: 'anthropic', model: 'claude-haiku-5-5', price: { input: 1000, output: 1000 } };
    file('prices.json', JSON.stringify({ asOf: '2026-11-22', prices: [row] }));
    const { stdout } = await run(['explain', REQUEST, '-c', file('priced.yaml', 'prices: { file: prices.json }')]);
    expect(stdout).toMatch(/anthropic\/claude-haiku-5-5 +haiku +\$0\.64/);
  });

  it('prints JSON', async () => {
    const { stdout } = await run(['explain', REQUEST, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ asked: 'auto', tier: 'haiku', fired: [] });
  });

  it('explains what a client key would be refused', async () => {
    const { code, stdout } = await run(['explain', REQUEST, '-c', CONFIG, '--key', 'app']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/refused {4}400 unsupported_parameter: .*max_cost_usd/);
  });

  it.each([
    ['a file that is not there', ['explain', 'gone.json'], 'gone.json: cannot be read (ENOENT)'],
    ['no file', ['explain'], 'signalbox explain needs one file'],
    ['no log', ['replay'], 'signalbox replay needs one log'],
    ['alerts without a word', ['alerts'], 'signalbox alerts needs the word "test"'],
    ['keys without a word', ['keys'], 'signalbox keys needs "create NAME", "list", '],
    [
      'two names for keys',
      ['keys', 'create', 'a', 'b'],
      'takes "create NAME", "list", "revoke KEY" or "rotate KEY", not also "b"',
    ],
    ['a name for a list', ['keys', 'list', 'a'], 'signalbox keys: list takes no name, not "a"; --tenant'],
    ['two files', ['explain', 'a', 'b'], 'takes one file, not also "b"'],
    ['a key that there is not', ['explain', 'ask.json', '-c', CONFIG, '--key', 'nobody'], 'there are: app'],
    ['a header that is none', ['explain', 'ask.json', '--header', 'oops'], '"oops" is no header'],
    ['what is no chat request', ['explain', file('not.json', '{"model":"auto"}')], 'not.json: messages: '],
    ['an option of another command', ['explain', 'ask.json', '--labels', 'x'], "'--labels'"],
  ])('refuses %s', async (_what, options, says) => {
    const { code, stderr } = await run(options);
    expect(code).toBe(1);
    expect(stderr).toContain(says);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

const LINE = {
  message: 'request',
  requestId: 'req_1',
  key: 'anyone',
  asked: 'auto',
  deployment: 'anthropic/claude-opus-5-5',
  outcome: 'ok',
  promptTokens: 1000,
  completionTokens: 100,
  costUsd: 0.0075,
  durationMs: 10,
  routing: {
    atMs: 1,
    session: 's',
    facts: { inputTokens: 1000, outputTokens: 1000, turn: 1, headers: { 'x-app': 'mail' } },
    tier: 'opus',
    candidates: [],
  },
};

describe('signalbox replay', () => {
  it('says what would move, by what, and what it would cost', async () => {
    const log = file('a.log', `Signalbox listens\n${JSON.stringify(LINE)}\n{"mess\n`);
    const { code, stdout, stderr } = await run(['replay', log, '--config', CONFIG]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^1 requests, of which 1 would go elsewhere\ncost: \$0\.0075 -> \$0\.\d+ \(-\d+\.\d %\)/);
    expect(stdout).toContain('1  mail is low: opus -> haiku');
    expect(stdout).toContain('- 1 lines could not be read: line 3: is no JSON object');
    expect(stdout).toContain('What a replay cannot know:');
  });

  it('prints JSON', async () => {
    const { stdout } = await run(['replay', '-', '-c', CONFIG, '--json'], JSON.stringify(LINE));
    expect(JSON.parse(stdout)).toMatchObject({
      requests: 1,
      moved: 1,
      tiers: { opus: { before: 1, after: 0 }, haiku: { before: 0, after: 1 } },
      causes: { 'mail is low: opus -> haiku': 1 },
    });
  });

  it('names a log that is not there', async () => {
    expect(await run(['replay', 'gone.log'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'gone.log: cannot be read (ENOENT)\n',
    });
  });
});

/** One kind of ask needs the strong model: nothing that the shipped score or an ask's length could know. */
function labels(count: number): string {
  const rows = Array.from({ length: count }, (_, index) => {
    const isHard = index % 2 === 0;
    const words = isHard ? 'ledger voucher accrual' : 'garden flowers blossom';
    const more = 'and so on '.repeat(Math.floor(index / 2) % 9);
    return JSON.stringify({ text: `Tell me of the ${words} number ${index}, ${more}please`, label: isHard ? 1 : 0 });
  });
  return rows.join('\n');
}

describe('signalbox fit', () => {
  it('writes what it has learned, for routing.overlay', async () => {
    const { code, stdout, stderr } = await run([
      'fit',
      '--labels',
      file('many.jsonl', labels(200)),
      '--out',
      'own.json',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^own\.json: learned from 200 labels\. On labels it had not seen: APGR 0\.\d+;/);
    expect(JSON.parse(readFileSync(join(folder, 'own.json'), 'utf8'))).toMatchObject({ provenance: { labels: 200 } });
    const config = file('fitted.yaml', 'routing: { overlay: own.json }');
    const explained = await run(['explain', REQUEST, '-c', config, '--json']);
    const told = JSON.parse(explained.stdout) as { score: { overlayShare: number } };
    expect(told.score.overlayShare).toBeGreaterThan(0);
  });

  it('refuses too few labels, and writes nothing', async () => {
    const { code, stdout, stderr } = await run(['fit', '--labels', file('few.jsonl', labels(10)), '--out', 'few.json']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^Refused: There are 10 different labelled texts/);
    expect(() => readFileSync(join(folder, 'few.json'))).toThrow('ENOENT');
  });

  it('needs labels', async () => {
    expect((await run(['fit'])).stderr).toBe('signalbox fit needs --labels FILE\nTry: signalbox --help\n');
  });
});

it('a running server reads its rules again on SIGHUP', async () => {
  const options = ['--config', file('served.yaml', 'routing: { rules: rules.yaml }'), '--port', '0'];
  const child = spawn(process.execPath, [ENTRY, ...options], { cwd: folder, env: { PATH: process.env.PATH ?? '' } });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk));
  await expect.poll(() => output, { timeout: 15_000 }).toContain('listens on');
  child.kill('SIGHUP');
  await expect.poll(() => output, { timeout: 5_000 }).toContain('routing: nothing has changed');
  child.kill('SIGKILL');
});

it.each(['explain', 'replay', 'fit'])('signalbox %s --help tells its options', async (command) => {
  const { code, stdout } = await run([command, '--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`^signalbox ${command} `));
  expect(stdout).toContain('--config FILE');
});
