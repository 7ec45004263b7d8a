/** New rules without a restart, from real files: nothing is timed, everything is waited for. */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/config/parse.ts';
import type { Routing } from '../../src/config/routing.ts';
import { readRouting } from '../../src/server/rules-files.ts';
import { check } from '../../src/server/check.ts';
import { loadConfiguration } from '../../src/server/configuration.ts';
import { followRouting } from '../../src/server/watch.ts';

const rule = (tier: string) => `rules:\n  - { name: all, do: { tier: ${tier} } }\n`;

interface Line {
  message: string;
  fields: Record<string, unknown>;
}

const ended: (() => void)[] = [];
afterEach(() => {
  for (const end of ended.splice(0)) end();
});

/** A configuration whose rules are in `rules.yaml` beside it. */
async function follow(rules: string, configuration = 'routing: { rules: rules.yaml }') {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-watch-'));
  const file = join(folder, 'signalbox.yaml');
  const write = (text: string, name = 'rules.yaml') => writeFileSync(join(folder, name), text);
  write(rules);
  write(configuration, 'signalbox.yaml');
  const loaded = await loadConfiguration({ config: file }, {});
  const lines: Line[] = [];
  const log = (fields: object, message: string) =>
    void lines.push({ message, fields: fields as Record<string, unknown> });
  const composed = check(loaded);
  const following = followRouting({
    loaded,
    composed,
    log: { info: log, warn: log, error: log },
    began: readRouting(loaded.routing(), loaded),
  });
  ended.push(() => {
    following.stop();
    rmSync(folder, { recursive: true });
  });
  const firstRule = () => composed.gateway.routing.rules.steps[0]?.effect.did;
  return { folder, write, lines, firstRule, reload: following.reload };
}

const isIn = { timeout: 5_000, interval: 20 };

describe('rules in a file', () => {
  it('are in force as soon as they are written, and the log says what is new', async () => {
    const { write, lines, firstRule } = await follow(rule('haiku'));
    expect(firstRule()).toBe('tier haiku');
    write(rule('opus'));
    await expect.poll(firstRule, isIn).toBe('tier opus');
    expect(lines).toEqual([
      {
        message: 'routing: the new rules are in force',
        fields: { 'rule all': { before: { do: { tier: 'haiku' } }, after: { do: { tier: 'opus' } } } },
      },
    ]);
  });

  it('are followed through an editor that puts another file in their place, again and again', async () => {
    const { folder, write, firstRule } = await follow(rule('haiku'));
    for (const tier of ['opus', 'sonnet', 'haiku']) {
      write(rule(tier), 'rules.yaml.new');
      renameSync(join(folder, 'rules.yaml.new'), join(folder, 'rules.yaml'));
      await expect.poll(firstRule, isIn).toBe(`tier ${tier}`);
    }
  });

  it('change nothing when they are bad, with every mistake named, and are taken when they are mended', async () => {
    const { write, lines, firstRule } = await follow(rule('haiku'));
    write('rules:\n  - { name: a, do: { tier: opsu } }\n  - { name: b, do: { atLeast: none } }\n');
    await expect.poll(() => lines.length, isIn).toBe(1);
    expect(lines[0]?.message).toBe('routing: nothing has changed, because of mistakes');
    expect(lines[0]?.fields.mistakes).toEqual([
      expect.stringMatching(/rules\.yaml: rules\[0\]\.do\.tier: .*opsu/),
      expect.stringMatching(/rules\.yaml: rules\[1\]\.do\.atLeast: .*none/),
    ]);
    expect(firstRule()).toBe('tier haiku');
    write(rule('sonnet'));
    await expect.poll(firstRule, isIn).toBe('tier sonnet');
  });

  it.each([
    ['half written', '', /rules\.yaml: is empty/],
    [
      'for a model that nobody serves',
      'rules: [{ name: all, do: { use: claude-opsu } }]',
      /rule 'all'\.use: no model is called "claude-opsu"; there are claude-opus/,
    ],
  ])('change nothing when they are %s', async (_what, text, says) => {
    const { write, lines, firstRule } = await follow(rule('haiku'));
    write(text);
    await expect.poll(() => lines.length, isIn).toBe(1);
    expect(lines[0]?.message).toBe('routing: nothing has changed, because of mistakes');
    expect(String(lines[0]?.fields.mistakes)).toMatch(says);
    expect(firstRule()).toBe('tier haiku');
  });

  it('may go away and come back', async () => {
    const { folder, write, lines, firstRule } = await follow(rule('haiku'));
    rmSync(join(folder, 'rules.yaml'));
    await expect.poll(() => lines.length, isIn).toBe(1);
    expect(lines[0]?.fields.mistakes).toEqual([expect.stringContaining('rules.yaml: cannot be read (ENOENT)')]);
    write(rule('opus'));
    await expect.poll(firstRule, isIn).toBe('tier opus');
  });

  it('are read again on SIGHUP', async () => {
    const { lines, reload } = await follow(rule('haiku'));
    reload();
    expect(lines).toEqual([{ message: 'routing: nothing has changed', fields: {} }]);
  });

  it('may move to another file, which is followed from then on', async () => {
    const { write, firstRule } = await follow(rule('haiku'));
    write(rule('opus'), 'other.yaml');
    write('routing: { rules: other.yaml }', 'signalbox.yaml');
    await expect.poll(firstRule, isIn).toBe('tier opus');
    write(rule('sonnet'), 'other.yaml');
    await expect.poll(firstRule, isIn).toBe('tier sonnet');
  });
});

it('another file is followed even if it is bad at first', async () => {
  const { write, lines, firstRule } = await follow(rule('haiku'));
  write(rule('opsu'), 'other.yaml');
  write('routing: { rules: other.yaml }', 'signalbox.yaml');
  await expect.poll(() => lines.length, isIn).toBe(1);
  write(rule('opus'), 'other.yaml');
  await expect.poll(firstRule, isIn).toBe('tier opus');
});

it('rules in the configuration itself are followed, too', async () => {
  const inline = (tier: string) => `routing: { rules: { rules: [{ name: all, do: { tier: ${tier} } }] } }`;
  const { write, firstRule } = await follow('{}', inline('haiku'));
  write(inline('opus'), 'signalbox.yaml');
  await expect.poll(firstRule, isIn).toBe('tier opus');
});

it('an empty configuration changes nothing, for it may be half written', async () => {
  const { write, lines, firstRule } = await follow(
    '{}',
    'routing: { rules: { rules: [{ name: all, do: { tier: opus } }] } }',
  );
  write('', 'signalbox.yaml');
  await expect.poll(() => lines.length, isIn).toBe(1);
  expect(lines[0]?.message).toBe('routing: nothing has changed, because of mistakes');
  expect(String(lines[0]?.fields.mistakes)).toMatch(/signalbox\.yaml: is empty/);
  expect(firstRule()).toBe('tier opus');
});

describe('a start refuses', () => {
  const rows: { name: string; routing: Routing; says: RegExp }[] = [
    {
      name: 'a file that is not there',
      routing: { rules: 'gone.yaml' },
      says: /routing: gone\.yaml: cannot be read \(ENOENT\)/,
    },
    {
      name: 'bad rules',
      routing: { rules: { rules: [{ name: 'a', do: { tier: 'x' } }] } },
      says: /rules: rules\[0\]\.do\.tier/,
    },
    { name: 'an overlay that is none', routing: { overlay: { version: 7 } }, says: /overlay: .*/ },
    { name: 'both', routing: { rules: 'gone.yaml', overlay: 'lost.json' }, says: /gone\.yaml.*\n.*lost\.json/ },
  ];
  it.each(rows)('$name', ({ routing, says }) => {
    const start = () => readRouting(routing, { source: 'signalbox.yaml', file: '/nowhere/signalbox.yaml' });
    expect(start).toThrow(ConfigurationError);
    expect(start).toThrow(says);
  });
});
