import { Validator } from '@cfworker/json-schema';
import { describe, expect, test } from 'vitest';
import shipped from '../../../routing-rules/complexity.json' with { type: 'json' };
import { schemas } from '../../../scripts/schemas.ts';
import { parseComplexity } from '../../../src/routing/score/file.ts';

type Shipped = typeof shipped;

function refusal(change: (file: Shipped) => void): () => unknown {
  const file = structuredClone(shipped);
  change(file);
  return () => parseComplexity(file);
}

describe('routing-rules/complexity.json', () => {
  test('is valid, for the router and for an editor', () => {
    expect(() => parseComplexity(shipped)).not.toThrow();
    const schema = schemas()['routing-rules/complexity.schema.json'] ?? false;
    expect(new Validator(schema, '7').validate(shipped).errors).toEqual([]);
  });

  test.each<[string, () => unknown, RegExp]>([
    [
      'what raises the score cannot lower it',
      refusal(({ features }) => Object.assign(features.reasoning, { w: -0.1 })),
      /only raise the score[\s\S]*features\.reasoning\.w/,
    ],
    [
      'what lowers the score cannot raise it',
      refusal(({ features }) => Object.assign(features.lookUp, { w: 0.1 })),
      /only lower the score[\s\S]*features\.lookUp\.w/,
    ],
    ['a feature that there is not', refusal(({ features }) => Object.assign(features, { mood: {} })), /mood/],
    ['a field that there is not', refusal(({ features }) => Object.assign(features.code, { wieght: 1 })), /wieght/],
    [
      'a deviation of nothing',
      refusal(({ features }) => Object.assign(features.code, { sd: 0 })),
      /features\.code\.sd/,
    ],
    [
      'anchors upside down',
      refusal(({ scale }) => Object.assign(scale, { twoThirds: scale.oneThird })),
      /above oneThird[\s\S]*scale\.twoThirds/,
    ],
    [
      'a word of two lists',
      refusal(({ features }) => Object.assign(features.chat.words, { en: 'hello, theorem' })),
      /"theorem\*?" is already a word of[\s\S]*features\.chat\.words\.en/,
    ],
    [
      'an empty word',
      refusal(({ features }) => Object.assign(features.chat.words, { en: 'hello,, hi' })),
      /empty word[\s\S]*features\.chat\.words\.en/,
    ],
    [
      'a star in the middle',
      refusal(({ features }) => Object.assign(features.chat.words, { en: 'he*lo' })),
      /"he\*lo": a star[\s\S]*features\.chat\.words\.en/,
    ],
    [
      'a word without an end',
      refusal(({ features }) => Object.assign(features.chat.words, { en: 'a'.repeat(61) })),
      /longer than 60/,
    ],
    [
      'no language',
      refusal(({ features }) => Object.assign(features.chat.words, { English: 'hello' })),
      /features\.chat\.words\.English/,
    ],
  ])('refuses %s', (_sentence, parse, message) => {
    expect(parse).toThrow(message);
  });

  test('names every mistake at once', () => {
    const parse = refusal(({ features }) => {
      Object.assign(features.code, { sd: 0 });
      Object.assign(features.chat, { w: 1 });
    });
    expect(parse).toThrow(/features\.code\.sd[\s\S]*features\.chat\.w/);
  });
});
