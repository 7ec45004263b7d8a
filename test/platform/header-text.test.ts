import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HeaderText } from '../../src/platform/http1/header-text.ts';

const TOKEN = "!#$%&'*+-.^_`|~0123456789abcxyzABCXYZ".split('');
const name = fc.string({ unit: fc.constantFrom(...TOKEN), minLength: 1, maxLength: 80 });
/** Few letters, so that many names are alike in length, beginning and end. */
const alike = fc.string({ unit: fc.constantFrom('a', 'A', 'b', 'B'), minLength: 1, maxLength: 4 });
const headers = fc.array(fc.tuple(fc.oneof(name, alike), fc.stringMatching(/^[a-z]{1,9}$/)), { maxLength: 12 });

it('finds the first header of each name in any message, whatever names came before', () => {
  fc.assert(
    fc.property(headers, (lines) => {
      const text = new HeaderText(['GET / HTTP/1.1', ...lines.map(([key, value]) => `${key}: ${value}`)].join('\r\n'));
      const first = new Map(lines.toReversed().map(([key, value]) => [key.toLowerCase(), value]));
      for (const [key, value] of first) expect(text.header(key)).toBe(value);
      expect(text.header('no-such-name')).toBeUndefined();
    }),
    { numRuns: 2_000 },
  );
});
