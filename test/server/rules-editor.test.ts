/** Rules changed through the admin API's port, in real files. */
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { RecentRequest } from '../../src/admin/recent-plans.ts';
import type { RulesTrial } from '../../src/admin/rules-editor.ts';
import type { RoutingView } from '../../src/routing/view.ts';
import { check } from '../../src/server/check.ts';
import { type Loaded, loadConfiguration } from '../../src/server/configuration.ts';
import { createRulesEditor } from '../../src/server/rules-editor.ts';
import { readRouting } from '../../src/server/rules-files.ts';
import { followRouting } from '../../src/server/watch.ts';

const MODELS = `
# prices of ours
providers: { a: { dialect: openai, baseUrl: http://a.test, apiKey: x } }
models:
  haiku: { deployments: [{ provider: a, model: small, price: { input: 1, output: 2 } }] }
  opus: { deployments: [{ provider: a, model: big, price: { input: 10, output: 20 } }] }
`;
const rule = (tier: string) => `rules:\n  - { name: all, do: { tier: ${tier} } } # ${tier}\n`;
const silent = { info() {}, warn() {}, error() {} };

const ended: (() => void)[] = [];
afterEach(() => {
  for (const end of ended.splice(0)) end();
});

/** As the running router makes one, by a check's way: the setting's name is not in its words. */
function viewWith(loaded: Loaded, rules: unknown): RoutingView {
  const routing = { rules: rules as Record<string, unknown> };
  try {
    return check({ ...loaded, configuration: { ...loaded.configuration, routing } }).gateway.routing;
  } catch (cause) {
    throw new Error((cause as Error).message.replace(/^.*?: routing: (?:rules: )?/, ''), { cause });
  }
}

async function open(routing: string, { rules, recent = [] }: { rules?: string; recent?: RecentRequest[] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-rules-'));
  const file = join(folder, 'signalbox.yaml');
  const at = (name: string) => join(folder, name);
  if (rules !== undefined) writeFileSync(at('rules.yaml'), rules, { mode: 0o640 });
  writeFileSync(file, `${MODELS}${routing}`);
  const loaded = await loadConfiguration({ config: file }, {});
  const composed = check(loaded);
  const following = followRouting({ loaded, composed, log: silent, began: readRouting(loaded.routing(), loaded) });
  ended.push(() => {
    following.stop();
    chmodSync(folder, 0o700);
    rmSync(folder, { recursive: true });
  });
  const editor = createRulesEditor({
    from: loaded,
    inForce: composed.documents,
    viewOf: ({ rules: own = {} }) => viewWith(loaded, own),
    reload: following.look,
    recent: () => recent,
    now: () => 1_000,
  });
  const firstRule = () => composed.gateway.routing.rules.steps[0]?.effect.did;
  const apply = (text: string, { etag = editor.read().etag, by = 'Ada', why = 'cheaper' } = {}) =>
    editor.apply({ text, etag, by, why });
  return { at, folder, editor, apply, firstRule, read: (name = 'signalbox.yaml') => readFileSync(at(name), 'utf8') };
}

const PLACES = [
  { name: 'a file of their own', routing: 'routing: { rules: rules.yaml }\n', rules: rule('haiku') },
  {
    name: 'the configuration itself',
    routing: `routing:\n  rules:\n    rules:\n      - { name: all, do: { tier: haiku } } # haiku\n# the end\n`,
  },
];

describe.each(PLACES)('rules in $name', ({ routing, rules }) => {
  const opened = () => open(routing, rules === undefined ? {} : { rules });

  it('are said as they are written', async () => {
    const { editor } = await opened();
    expect(editor.read()).toMatchObject({ text: rule('haiku'), format: 'yaml', readOnly: undefined });
  });

  it('are in force as soon as they are applied, and all else stays', async () => {
    const { apply, firstRule, read, editor, folder } = await opened();
    const before = read();
    expect(firstRule()).toBe('tier haiku');
    expect(apply(rule('opus'))).toMatchObject({ ok: true, version: 2 });
    expect(firstRule()).toBe('tier opus');
    expect(editor.read().text).toBe(rule('opus'));
    expect(read()).toBe(rules === undefined ? before.replaceAll('haiku } } # haiku', 'opus } } # opus') : before);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('are not written over what somebody else has written meanwhile', async () => {
    const { apply, editor, firstRule } = await opened();
    const { etag } = editor.read();
    apply(rule('opus'));
    expect(apply(rule('sonnet'), { etag })).toMatchObject({ ok: false, because: 'changed' });
    expect(firstRule()).toBe('tier opus');
  });

  it('are not written with mistakes in them, which are named with their lines', async () => {
    const { apply, editor, read } = await opened();
    const before = [read(), editor.read().text];
    const applied = apply('rules:\n  - name: a\n    do: { tier: opsu }\n  - { name: b, do: { use: nobody } }\n');
    expect(applied).toMatchObject({ ok: false, because: 'invalid' });
    expect(!applied.ok && applied.because === 'invalid' && applied.mistakes).toEqual([
      { path: 'rules[0].do.tier', line: 3, message: expect.stringContaining('opsu') },
    ]);
    expect(editor.mistakesIn('rules:\n  - { name: b, do: { use: nobody } }\n')).toEqual([
      { path: "rule 'b'.use", line: 2, message: expect.stringContaining('nobody') },
    ]);
    expect(editor.mistakesIn('rules:\n  - { name: a\n')).toEqual([
      { path: '', line: expect.any(Number), message: expect.stringMatching(/is not YAML.*line \d/) },
    ]);
    expect([read(), editor.read().text]).toEqual(before);
    expect(editor.versions()).toEqual([]);
  });

  it('have a history, which begins with what was found, and can be gone back to', async () => {
    const { apply, editor, firstRule } = await opened();
    apply(rule('opus'));
    apply(rule('sonnet'), { by: 'Grace', why: 'better' });
    expect(editor.versions().map(({ version, by, why, text }) => [version, by, why, text])).toEqual([
      [3, 'Grace', 'better', rule('sonnet')],
      [2, 'Ada', 'cheaper', rule('opus')],
      [1, '', 'found in the file', rule('haiku')],
    ]);
    apply(editor.versions().at(-1)?.text ?? '');
    expect(firstRule()).toBe('tier haiku');
    expect(editor.versions()).toHaveLength(4);
  });

  it('keep 50 versions', async () => {
    const { apply, editor } = await opened();
    for (let turn = 0; turn < 60; turn += 1) apply(rule(turn % 2 ? 'opus' : 'sonnet'));
    const versions = editor.versions().map(({ version }) => version);
    expect([versions.length, versions[0], versions.at(-1)]).toEqual([50, 61, 12]);
  });

  it('cannot be changed in a folder that cannot be written, and say so', async (context) => {
    if (process.getuid?.() === 0) context.skip('root may write everywhere');
    const { apply, editor, folder } = await opened();
    chmodSync(folder, 0o500);
    expect(editor.read().readOnly).toMatch(/cannot be written/);
    expect(apply(rule('opus'))).toMatchObject({ ok: false, because: 'read_only' });
  });

  it('change nothing where their history is somebody else’s file', async () => {
    const { apply, at, firstRule } = await opened();
    writeFileSync(at(rules === undefined ? 'signalbox.yaml.history.json' : 'rules.yaml.history.json'), 'mine');
    expect(apply(rule('opus'))).toMatchObject({ ok: false, because: 'not_written', message: /no history/ });
    expect(firstRule()).toBe('tier haiku');
  });
});

it('a file keeps its mode, and is followed through a link', async () => {
  const { apply, at, folder, firstRule } = await open('routing: { rules: link.yaml }\n'.replace('link', 'rules'), {
    rules: rule('haiku'),
  });
  apply(rule('opus'));
  expect(statSync(at('rules.yaml')).mode & 0o777).toBe(0o640);
  symlinkSync(at('rules.yaml'), join(folder, 'link.yaml'));
  writeFileSync(at('signalbox.yaml'), `${MODELS}routing: { rules: link.yaml }\n`);
  apply(rule('sonnet'));
  expect(firstRule()).toBe('tier sonnet');
  expect(readFileSync(at('rules.yaml'), 'utf8')).toBe(rule('sonnet'));
});

it('without any rules the file gets some', async () => {
  const { apply, firstRule, editor, read } = await open('# the end\n');
  expect(editor.read()).toMatchObject({ text: '', readOnly: undefined });
  expect(apply(rule('opus'))).toMatchObject({ ok: true });
  expect(firstRule()).toBe('tier opus');
  expect(read()).toContain('# the end\nrouting:\n  rules:\n    rules:\n');
});

it('without a file there is nothing to change, and the reason', async () => {
  const editor = createRulesEditor({
    from: { file: undefined, source: 'the environment', environment: {} },
    inForce: () => ({}),
    viewOf: () => {
      throw new Error('is never asked');
    },
    reload: () => {},
    recent: () => [],
    now: () => 0,
  });
  expect(editor.read()).toMatchObject({ text: '', readOnly: expect.stringMatching(/without a configuration file/) });
  expect(await editor.trial('')).toMatchObject([{ message: expect.stringMatching(/without/) }]);
});

const recent = (number: number, more: Partial<RecentRequest> = {}): RecentRequest => ({
  requestId: `req_${number}`,
  key: 'app',
  asked: 'auto',
  deployment: 'a/small',
  outcome: 'ok',
  promptTokens: 1_000,
  completionTokens: 100,
  cachedTokens: undefined,
  cacheWriteTokens: undefined,
  costUsd: 0.0012,
  firstTokenMs: undefined,
  durationMs: 100,
  routing: {
    atMs: 60_000 * number,
    session: `s${number}`,
    facts: { inputTokens: number % 2 ? 3_000 : 1_000, outputTokens: 100, turn: 1 },
    tier: 'haiku',
    candidates: ['a/small'],
  },
  ...more,
});

describe('a trial', () => {
  const tried = async (text: string, sample = [1, 2, 3, 4].map((number) => recent(number))) => {
    const { editor } = await open('routing: { rules: rules.yaml }\n', { rules: rule('haiku'), recent: sample });
    return (await editor.trial(text)) as RulesTrial;
  };

  it('of the same rules moves nobody', async () => {
    expect(await tried(rule('haiku'))).toMatchObject({
      requests: 4,
      moved: 0,
      refused: 0,
      fromMs: 60_000,
      toMs: 240_000,
    });
  });

  it('counts who would go elsewhere, and what their tokens cost there', async () => {
    const text =
      'rules:\n  - { name: long, when: { tokens: { atLeast: 2000 } }, do: { tier: opus } }\n  - { name: all, do: { tier: haiku } }\n';
    const { requests, moved, cost, deployments, causes, moves } = await tried(text);
    expect([requests, moved]).toEqual([4, 2]);
    expect(cost.beforeUsd).toBeCloseTo(4 * 0.0012, 9);
    expect(cost.afterUsd).toBeCloseTo(2 * 0.0012 + 2 * 0.012, 9);
    expect(cost.spentUsd).toBeCloseTo(4 * 0.0012, 9);
    expect(deployments).toEqual(
      expect.arrayContaining([
        { name: 'a/small', before: 4, after: 2 },
        { name: 'a/big', before: 0, after: 2 },
      ]),
    );
    expect(causes[0]).toMatchObject({ requests: 2, cause: expect.stringContaining('long') });
    expect(moves[0]).toMatchObject({ from: 'a/small', to: 'a/big' });
  });

  it('blames no rule for a failover: both sides are chosen for, not remembered', async () => {
    const sample = [recent(1, { deployment: 'a/big', costUsd: 0.012 })];
    expect(await tried(rule('haiku'), sample)).toMatchObject({ moved: 0, cost: { spentUsd: 0.012 } });
  });

  it('draws the same luck on both sides', async () => {
    const half =
      'rules:\n  - { name: all, do: { use: [haiku, opus], strategy: weighted, weights: { haiku: 1, opus: 1 } } }\n';
    const { editor } = await open('routing: { rules: rules.yaml }\n', {
      rules: half,
      recent: Array.from({ length: 40 }, (_, number) => recent(number)),
    });
    const same = (await editor.trial(half)) as RulesTrial;
    expect(same.moved).toBe(0);
    expect(same.deployments.every(({ before }) => before > 5)).toBe(true);
  });

  it('says what would be refused, and what is wrong with a text', async () => {
    expect(await tried('rules:\n  - { name: no, do: { reject: not today } }\n')).toMatchObject({
      refused: 4,
      moved: 4,
    });
    expect(await tried('rules: 7\n')).toMatchObject([{ path: 'rules', line: 1 }]);
  });
});
