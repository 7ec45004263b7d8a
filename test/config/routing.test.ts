import { describe, expect, it } from 'vitest';
import { parseConfiguration } from '../../src/config/parse.ts';
import { inlineOnly } from '../../src/config/routing.ts';

const routing = (yaml: string) => parseConfiguration(`routing: ${yaml}`, 'test.yaml', {}).routing;

describe('routing', () => {
  it('may be left out', () =>
    expect(inlineOnly(parseConfiguration('', 'test.yaml', {}).routing)).toEqual({ documents: {}, problems: [] }));

  it('stands in the configuration itself where there are no files', () => {
    const given = routing('{ rules: { rules: [] }, overlay: { version: 1 } }');
    expect(inlineOnly(given)).toEqual({ documents: { rules: { rules: [] }, overlay: { version: 1 } }, problems: [] });
  });

  it('names every setting that would need a file', () => {
    expect(inlineOnly(routing('{ rules: a.yaml, overlay: b.json }')).problems).toEqual([
      expect.stringMatching(/^routing\.rules: there are no files here/),
      expect.stringMatching(/^routing\.overlay: there are no files here/),
    ]);
  });

  it.each(['{ rules: 7 }', '{ rules: [] }', '{ rules: "" }', '{ overlays: a.json }'])('refuses %s', (yaml) => {
    expect(() => routing(yaml)).toThrow(/routing\.(rules|overlays)/);
  });
});
