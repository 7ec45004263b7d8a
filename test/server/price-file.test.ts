import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PriceBook } from '../../src/books/prices/price-book.ts';
import { parseModelId } from '../../src/routing/model-id.ts';
import type { Loaded } from '../../src/server/configuration.ts';
import { pricesIn, reprice } from '../../src/server/price-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'prices-'));
const path = join(folder, 'prices.yaml');
const good = (input: number) =>
  `asOf: 2026-11-22\nprices: [{ deployment: local/llama, price: { input: ${input}, output: 1 } }]\n`;

function start() {
  const book = new PriceBook({
    unknown: 'allow',
    catalog: () => [],
    familyOf: () => undefined,
    modelOf: parseModelId,
  });
  const lines: [string, string, object][] = [];
  const note = (level: string) => (fields: object, message: string) => void lines.push([level, message, fields]);
  const log = { info: note('info'), warn: note('warn'), error: note('error') };
  const loaded = { configuration: { prices: { file: 'prices.yaml' } }, source: 'x', file: join(folder, 'x.yaml') };
  return {
    lines,
    hup: () => reprice({ reprice: (document) => book.load(document) }, loaded as unknown as Loaded, log),
  };
}

describe('the price file', () => {
  it('is read again on SIGHUP, and a mistake in it changes nothing', () => {
    const { lines, hup } = start();
    writeFileSync(path, good(1));
    hup();
    writeFileSync(path, good(2));
    hup();
    writeFileSync(path, 'prices: [{ deployment: local/llama, price: { input: cheap } }]');
    hup();
    expect(lines.map(([level]) => level)).toEqual(['info', 'info', 'error']);
    expect(lines[0]?.[2]).toMatchObject({ added: ['local/llama'] });
    expect(lines[1]?.[2]).toMatchObject({ changed: ['local/llama'] });
    expect(JSON.stringify(lines[2])).toMatch(/input/);
  });

  it('that is not there is named', () => {
    expect(() => pricesIn('nowhere.yaml', { source: 'x', file: undefined })).toThrow(/prices\.file: nowhere\.yaml/);
  });
});
