import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Condition, RulesDocument } from '../../../src/routing/rules/document.ts';
import shipped from '../../../routing-rules/rules.json' with { type: 'json' };
import { type Case, decided } from './support.ts';

const text = readFileSync('docs/rules.md', 'utf8');
/** Each document, and the cases below it. */
const samples = text
  .split('```json\n')
  .slice(1)
  .flatMap((part) => {
    const [document = '', below = ''] = part.split('```\n');
    return [...below.matchAll(/^- `(\{.*\})` → `(.*)`$/gm)].map(([, each = '', reason = '']) => ({
      document,
      each,
      reason,
    }));
  });

describe('docs/rules.md', () => {
  test('has examples', () => expect(samples.length).toBeGreaterThan(8));

  test.each(samples)('$each: $reason', ({ document, each, reason }) => {
    const said = decided(JSON.parse(document), JSON.parse(each) as Case, shipped).reason;
    expect(said.replace(': reasoning 0.4, code -0.3', '')).toBe(reason); // The page leaves out what made the score.
  });

  test.each([
    ['condition', Object.keys(Condition.shape)],
    ['action', Object.keys(RulesDocument.shape.rules.unwrap().element.shape.do.unwrap().shape)],
    ['guard', shipped.guards.map(({ name }) => name)],
  ])('names every %s in a table', (_what, names) => {
    const cells = [...text.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell = '']) => cell).join(' ');
    for (const name of names) expect(cells).toContain(`\`${name}\``);
  });
});
