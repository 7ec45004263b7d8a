/** The documents cannot drift from the code: settings, errors, directives, examples and links are checked here. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseConfiguration } from '../src/config/parse.ts';
import { Configuration } from '../src/config/schema.ts';
import { ERROR_RULES } from '../src/core/errors.ts';
import { check } from '../src/server/check.ts';

const SERVICE_ACCOUNT = '{"client_email":"a@b.example","private_key":"0123456789","token_uri":"https://b.example"}';
const valueOf = (name: string) => (name.endsWith('_JSON') ? SERVICE_ACCOUNT : `value-of-${name}-0123456789`);

interface Schema {
  default?: unknown;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
}

const read = (file: string) => readFileSync(file, 'utf8');
/** With its tables' cells unpadded. */
const readTables = (file: string) =>
  read(file)
    .replaceAll(/ +\| */g, ' | ')
    .replaceAll(/^\| +/gm, '| ');
/** A client's own configuration is none of ours. */
const CLIENTS = globSync('docs/clients/*.md');
const OURS = globSync(['*.md', 'docs/*.md', 'docs/decisions/*.md', 'providers/*.md', 'routing-rules/*.md']);
const DOCUMENTS = [...OURS, ...CLIENTS];
const blocks = (file: string, language: string) =>
  [...read(file).matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, text = '']) => text);

/** `providers.NAME.dialect`, `keys[].name`: every setting and, where it is a plain value, its default. */
function settings(schema: Schema, path: string): { path: string; usual: unknown }[] {
  const inner = [
    ...Object.entries(schema.properties ?? {}).map(([key, value]) => [path ? `${path}.${key}` : key, value] as const),
    ...(typeof schema.additionalProperties === 'object'
      ? [[`${path}.NAME`, schema.additionalProperties] as const]
      : []),
    ...(schema.items ? [[`${path}[]`, schema.items] as const] : []),
  ].flatMap(([key, value]) => settings(value, key));
  const isEntry = path === '' || path.endsWith('NAME') || path.endsWith(']');
  return isEntry ? inner : [{ path, usual: schema.default }, ...inner];
}

describe('docs/configuration.md', () => {
  const text = readTables('docs/configuration.md');
  const all = settings(z.toJSONSchema(Configuration, { io: 'input' }) as Schema, '');

  it.each(all)('names $path', ({ path }) => expect(text).toContain(`\`${path}\``));

  const withDefault = all.filter(({ usual }) => typeof usual === 'string' || typeof usual === 'number');
  it.each(withDefault)('gives the default of $path', ({ path, usual }) =>
    expect(text).toContain(`| \`${path}\` | \`${String(usual)}\` |`),
  );

  it('names no setting that there is not', () => {
    const known = new Set(all.map(({ path }) => path));
    const rows = [...text.matchAll(/^\| `([\w.[\]]+)` \|/gm)].map(([, path = '']) => path);
    expect(rows.filter((path) => !known.has(path) && !/^[A-Z_]+$/.test(path))).toEqual([]);
  });
});

describe('docs/errors.md', () => {
  const rows = readTables('docs/errors.md')
    .split('\n')
    .filter((line) => /^\| `\w+` \| \d{3} \|/.test(line))
    .map((line) => line.split(' | ').slice(0, 9).join(' | '));

  it('has the very table that the router goes by', () => {
    const yes = (value: boolean) => (value ? 'yes' : 'no');
    const expected = Object.entries(ERROR_RULES).map(([kind, rule]) => {
      const rest = rule.restMs === undefined ? 'no' : `${rule.restMs / 1000} s`;
      const cells = [rule.status, `\`${rule.type}\``, `\`${rule.code}\``, rule.origin];
      return ['| `' + kind + '`', ...cells, yes(rule.failover), yes(rule.trips), rest, rule.clientRetry].join(' | ');
    });
    expect(rows.toSorted()).toEqual(expected.toSorted());
  });
});

describe('docs/practice.md', () => {
  it('has every directive that the practice providers know', () => {
    const source = read('src/practice/directives.ts');
    const names = [...source.matchAll(/^ {2}'?([\w-]+)'?: \(into/gm)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) expect(read('docs/practice.md')).toMatch(new RegExp(`\\[practice:[^\\]]*\\b${name}\\b`));
  });
});

describe('configurations in documents and examples', () => {
  const samples = [
    ...OURS.flatMap((file) => blocks(file, 'ya?ml').map((text, index) => ({ name: `${file} ${index + 1}`, text }))),
    ...globSync(['examples/*.yaml', '*.yaml'], { exclude: ['signalbox.yaml'] }).map((file) => ({
      name: file,
      text: read(file),
    })),
  ];

  it.each(samples)('$name would start', ({ text }) => {
    const names = [...text.matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name);
    const keys = ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'GEMINI_API_KEY', 'AWS_PROFILE'];
    const environment = Object.fromEntries([...names, ...keys].map((name) => [name, valueOf(name)]));
    const configuration = parseConfiguration(text, 'document', environment);
    const practice = Object.keys(configuration.providers).length === 0;
    expect(() => check({ configuration, environment, source: 'document', practice })).not.toThrow();
  });
});

describe.each(DOCUMENTS)('%s', (file) => {
  const text = read(file).replaceAll(/^```.*?^```/gms, '');
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  const internal = links.filter((link) => !/^[a-z]+:/.test(link));

  it('links only to what is there', () => {
    const broken = internal.filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path ? join(dirname(file), path) : file;
      return !existsSync(target) || (anchor !== undefined && !anchors(read(target)).includes(anchor));
    });
    expect(broken).toEqual([]);
  });

  it('has no JSON that is none', () => {
    for (const json of blocks(file, 'json')) expect(() => JSON.parse(json) as unknown).not.toThrow();
  });
});

/** As GitHub makes them of headings. */
function anchors(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
