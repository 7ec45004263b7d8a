/**
 * Door by provider by feature, whole and streamed: through the official SDK and the whole router, to what really comes
 * back. The results are `docs/compatibility.md`.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COLUMN_NAMES, type ColumnName, COLUMNS } from './columns.ts';
import { type DoorResults, type Section, toMarkdown } from './document.ts';
import { EXPECTED, exceptionFor } from './expected.ts';
import type { Support } from './feature.ts';
import { JSON_MEDIA, REASONING } from './features-output.ts';
import { TEXT } from './features-text.ts';
import { TOOLS } from './features-tools.ts';
import { DOOR_COLUMNS, DOORS, expectedAt } from './doors/index.ts';
import { EXPECTED as EXPECTED_AT_DOORS } from './doors/expected.ts';
import { judge as judgeAt } from './doors/judge.ts';
import { TROUBLE } from './features-trouble.ts';
import { judge } from './judge.ts';

const DOCUMENT = 'docs/compatibility.md';
const SECTIONS: readonly Section[] = [
  { title: 'Messages, limits and sampling', features: TEXT },
  { title: 'Tools', features: TOOLS },
  { title: 'JSON and media', features: JSON_MEDIA },
  { title: 'Reasoning', features: REASONING },
  { title: 'When things go wrong', features: TROUBLE },
];
const features = SECTIONS.flatMap((section) => section.features);
const results = new Map(features.map(({ name }) => [name, new Map<ColumnName, readonly [Support, Support]>()]));

describe.each(features)('$name', (feature) => {
  it.concurrent.each(COLUMN_NAMES)('%s', async (column) => {
    const expected = exceptionFor(feature.name, column)?.support ?? 'native';
    const [whole, streamed] = [
      await judge(feature, COLUMNS[column], false),
      await judge(feature, COLUMNS[column], true),
    ];
    expect({ whole, streamed }).toEqual({ whole: expected, streamed: expected });
    results.get(feature.name)?.set(column, [whole, streamed]);
  });
});

const atDoors: DoorResults = new Map(DOORS.map(({ title }) => [title, new Map()]));

describe.each(DOORS)('$title', (door) => {
  const { client, features } = door;
  it.each(features)('$name', async (feature) => {
    const cells = DOOR_COLUMNS.map(async (name) => {
      const column = COLUMNS[name];
      const both = [false, true].map((streamed) => judgeAt({ client, feature, column, streamed }).catch(String));
      return [name, await Promise.all(both)] as const;
    });
    const seen = Object.fromEntries(await Promise.all(cells));
    const row = DOOR_COLUMNS.map((name) => [name, expectedAt(door, feature, name)] as const);
    expect(seen).toEqual(Object.fromEntries(row.map(([name, support]) => [name, [support, support]])));
    atDoors.get(door.title)?.set(feature.name, new Map(row));
  });
});

describe('the document', () => {
  it('has an expectation only for features that there are', () => {
    const names = new Set(features.map(({ name }) => name));
    expect(Object.keys(EXPECTED).filter((name) => !names.has(name))).toEqual([]);
    for (const { client, features } of DOORS) {
      const here = new Set(features.map(({ name }) => name));
      expect(Object.keys(EXPECTED_AT_DOORS[client.name] ?? {}).filter((name) => !here.has(name))).toEqual([]);
    }
  });

  it('says what the tests have seen', ({ skip }) => {
    const cells = [...results.values()].reduce((sum, { size }) => sum + size, 0);
    const isWhole = DOORS.every(({ title, features }) => atDoors.get(title)?.size === features.length);
    if (!isWhole || cells < features.length * COLUMN_NAMES.length)
      skip('only a whole run without a failure has something to say');
    const seen = toMarkdown(SECTIONS, results, atDoors);
    if (!process.env['CI'] && readDocument() !== seen) writeFileSync(DOCUMENT, seen);
    expect(readDocument(), `run npm test and commit ${DOCUMENT}`).toBe(seen);
  });
});

function readDocument(): string {
  return existsSync(DOCUMENT) ? readFileSync(DOCUMENT, 'utf8') : '';
}
