import { describe, expect, it } from 'vitest';
import { DENSE_NAMES } from '../../../src/routing/learn/dense.ts';
import { readAsks } from '../../../src/routing/learn/design.ts';
import { fitOverlay, inputOf, MIN_LABELS, sanityOf } from '../../../src/routing/learn/fit.ts';
import { createGramReader, GRAM_BUCKETS } from '../../../src/routing/learn/grams.ts';
import type { LabelRow } from '../../../src/routing/learn/labels.ts';
import { createOverlay, type Overlay } from '../../../src/routing/learn/overlay.ts';
import { fromBase64, type OverlayFile, toBase64 } from '../../../src/routing/learn/overlay-file.ts';
import { PROBES } from '../../../src/routing/learn/sanity.ts';
import type { ScoreInput } from '../../../src/routing/score/scorer.ts';

/** A prior that knows length and nothing else; blended as the real score is. */
function scorerWith(overlay?: Overlay) {
  return {
    score(input: ScoreInput) {
      const own = (Math.log1p(input.ask.length) - 4) / 2;
      const k = overlay?.k ?? 0;
      const z = (1 - k) * own + k * (overlay?.z(input) ?? 0);
      return { score: 1 / (1 + Math.exp(-z)), contributions: [{ name: 'length', value: z }] };
    },
  };
}
const options = { scorerWith, fittedAt: '2026-11-22', weak: 'small', strong: 'large' };

const ANIMALS = ['otter', 'heron', 'badger', 'lynx', 'newt', 'raven', 'marten', 'trout'];
const PLACES = ['river', 'forest', 'harbour', 'village', 'mountain', 'garden', 'castle', 'island'];

/** Asks about contracts need the strong model, asks about animals do not; their lengths say nothing. */
function lessons(count: number): LabelRow[] {
  return Array.from({ length: count }, (_, at) => {
    const animal = ANIMALS[at % 8] ?? '';
    const place = PLACES[Math.floor(at / 8) % 8] ?? '';
    const isHard = (at * 7) % 3 === 0;
    const filler = 'and then again '.repeat(at % 5);
    const text = isHard
      ? `Review clause ${at} of the contract about the ${place} ${filler}and name what is liable.`
      : `Tell case ${at} of the ${animal} in the ${place} ${filler}and how it sleeps.`;
    return { text, tools: 0, label: isHard ? 1 : 0, gain: isHard ? 1 : 0, source: 'label' };
  });
}

function fitted(count = 300): OverlayFile {
  const result = fitOverlay(lessons(count), options);
  if (!result.ok) throw new Error(result.reason);
  return result.file;
}

describe('fit', () => {
  const file = fitted();

  it('learns what length cannot know, and says how well on labels that it had not seen', () => {
    const { heldBack, labels, sources, weak, strong, fittedAt } = file.provenance;
    expect(heldBack.overlay).toBeGreaterThan(0.8);
    expect(heldBack.overlay).toBeGreaterThan(heldBack.prior);
    expect({ labels, sources, weak, strong, fittedAt }).toEqual({
      labels: 300,
      sources: { label: 300 },
      weak: 'small',
      strong: 'large',
      fittedAt: '2026-11-22',
    });
  });

  it('the same labels make the same file', () => {
    expect(fitted()).toEqual(file);
  });

  it('what would put small talk above proofs is held to sentences of ours', () => {
    const upsideDown = lessons(400).map((row) => ({
      ...row,
      text:
        row.label === 1 ? row.text.slice(0, 30) : `${row.text} ${'The weather was calm, and nobody came. '.repeat(8)}`,
    }));
    const result = fitOverlay(upsideDown, options);
    if (!result.ok) throw new Error(result.reason);
    const alone = createOverlay(result.file);
    expect(sanityOf({ score: (input) => ({ score: alone.z(input), contributions: [] }) })).toBeGreaterThan(0.6);
  });

  it('a file stays under 50 KB', () => {
    expect(JSON.stringify(file).length).toBeLessThan(50_000);
  });

  it.each([
    {
      name: 'too few labels',
      rows: lessons(MIN_LABELS - 1),
      says: `There are ${MIN_LABELS - 1} different labelled texts; it takes ${MIN_LABELS}.`,
    },
    {
      name: 'the same text over and over',
      rows: Array.from({ length: 200 }, () => lessons(1)).flat(),
      says: 'There are 1 different labelled texts',
    },
    {
      name: 'labels by which the strong model is no better',
      rows: lessons(100).map((row) => ({ ...row, gain: -1 })),
      says: 'the strong model is no better',
    },
    {
      name: 'labels that are noise',
      rows: lessons(100).map((row, at) => ({
        ...row,
        label: (at >> 3) & 1,
        gain: (at >> 3) & 1,
        text: `${row.text.length % 7} ${at * at}`,
      })),
      says: 'no better than',
    },
    {
      name: 'labels that turn the world upside down',
      rows: PROBES.flatMap(({ simple, complex }) => [
        ...simple.map((text) => ({ text, label: 1 })),
        ...complex.map((text) => ({ text, label: 0 })),
      ])
        .flatMap(({ text, label }) => Array.from({ length: 20 }, (_, at) => ({ text: `${text} ${at}`, label })))
        .map((row) => ({ ...row, tools: 0, gain: row.label, source: 'label' as const })),
      says: 'It puts a hard sentence above an easy one in only',
    },
  ])('$name: refused, with the reason', ({ rows, says }) => {
    const result = fitOverlay(rows, options);
    expect(result.ok ? 'fitted' : result.reason).toContain(says);
  });
});

describe('overlay', () => {
  const file = fitted();
  const overlay = createOverlay(JSON.parse(JSON.stringify(file)));

  it('puts what was hard above what was easy', () => {
    const hard = overlay.z(inputOf('Review clause 9000 of the contract about the river and name what is liable.', 0));
    const easy = overlay.z(inputOf('Tell case 9000 of the otter in the river and how it sleeps.', 0));
    expect(hard).toBeGreaterThan(easy + 0.2);
  });

  it('takes a greater share the more labels it has seen', () => {
    expect(overlay.k).toBe(300 / 600);
    const more = createOverlay({ ...file, provenance: { ...file.provenance, labels: 2_700 } });
    expect(more.k).toBe(0.9);
  });

  it('keeps the level of the prior: on the labels it is neither harder nor easier on average', () => {
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const inputs = lessons(300).map(({ text }) => inputOf(text, 0));
    const prior = mean(inputs.map((input) => scorerWith().score(input).contributions[0]?.value ?? 0));
    expect(mean(inputs.map((input) => overlay.z(input)))).toBeCloseTo(prior, 1);
  });

  it.each(['', ' ', '\n'.repeat(9_000), '\ud800', '漢字'.repeat(5_000), '.'.repeat(9_999), '\0', 'A'.repeat(9_999)])(
    'is finite for every text',
    (text) => {
      expect(Number.isFinite(overlay.z(inputOf(text, 3)))).toBe(true);
    },
  );

  it.each([
    { name: 'another version', change: { version: 2 }, says: 'version' },
    {
      name: 'weights of another length',
      change: { grams: { scale: 1, weights: btoa('abc') } },
      says: `must be ${GRAM_BUCKETS} bytes, not 3`,
    },
    { name: 'weights that are no base64', change: { grams: { scale: 1, weights: '!' } }, says: 'weights' },
    {
      name: 'a feature of another version',
      change: { features: { ...file.features, gone: { mean: 0, deviation: 1, weight: 0 } } },
      says: 'features.gone',
    },
    { name: 'a feature too few', change: { features: {} }, says: `features["characters"]` },
  ])('$name is refused by name', ({ change, says }) => {
    expect(() => createOverlay({ ...file, ...change })).toThrow(
      says.startsWith('features[') ? /features.*characters/ : says,
    );
  });

  it('sanity of the prior alone is what its scores say', () => {
    expect(sanityOf(scorerWith())).toBeGreaterThan(0.95);
    expect(sanityOf({ score: () => ({ score: 0.5, contributions: [] }) })).toBe(0.5);
  });
});

describe('readings', () => {
  it('bytes survive base64', () => {
    const bytes = Int8Array.from({ length: 256 }, (_, at) => at - 128);
    expect(fromBase64(toBase64(bytes))).toEqual(bytes);
  });

  it('names each readable feature once, about a hundred of them', () => {
    expect(new Set(DENSE_NAMES).size).toBe(DENSE_NAMES.length);
    expect(DENSE_NAMES.length).toBeGreaterThan(90);
  });

  const value = (text: string, name: string) =>
    readAsks([inputOf(text, 0)])[0]?.dense[DENSE_NAMES.indexOf(name)] ?? NaN;
  it.each([
    { name: 'words', text: 'one two  three', expected: Math.log1p(3) },
    { name: 'words', text: '你好吗', expected: Math.log1p(3) },
    { name: 'distinct words', text: 'the The THE cat', expected: Math.log1p(2) },
    { name: 'numbers', text: '12 apples, 3.5 pears', expected: Math.log1p(3) },
    { name: 'decimals', text: '3.5 and 4.', expected: Math.log1p(1) },
    { name: 'sentences', text: 'What is it? Tell me. A. ...', expected: Math.log1p(2) },
    { name: 'items', text: 'Which?\nA. one\nB. two\n- three\nnot', expected: Math.log1p(3) },
    { name: 'numeric among items', text: 'A. 1\nB. x', expected: 0.5 },
    { name: 'acronyms', text: 'the NATO and X', expected: Math.log1p(1) },
    { name: 'names', text: 'In Paris. Rain', expected: Math.log1p(1) },
    { name: 'questions', text: '¿Qué? 何？', expected: Math.log1p(2) },
    { name: 'lines', text: 'a\n\nb', expected: Math.log1p(3) },
    { name: 'empty lines', text: 'a\n\nb', expected: Math.log1p(1) },
    { name: 'last line', text: 'a\n\nfour', expected: Math.log1p(4) },
  ])('$name of "$text"', ({ name, text, expected }) => {
    expect(value(text, name)).toBeCloseTo(expected, 10);
  });

  const gramsOf = (text: string) => {
    const { buckets, size } = createGramReader()(text);
    return buckets.slice(0, size).toSorted((a, b) => a - b);
  };
  it.each([
    { name: 'case does not matter', one: 'The Cat', other: 'the cat' },
    { name: 'digits are all the same digit', one: 'room 12', other: 'room 97' },
    { name: 'white space is one space', one: 'a  b\n', other: 'a b' },
    { name: 'a gram that repeats is in its bucket once', one: 'ha ha ha ha', other: 'ha ha ha' },
  ])('grams: $name', ({ one, other }) => {
    expect(gramsOf(one)).toEqual(gramsOf(other));
  });

  it('the squares of the amounts add up to one, and what repeats has more', () => {
    const { amounts, size } = createGramReader()('ha ha ha ha ha cat');
    const kept = amounts.slice(0, size);
    expect(kept.reduce((sum, amount) => sum + amount * amount, 0)).toBeCloseTo(1, 5);
    expect(Math.max(...kept)).toBeGreaterThan(1.9 * Math.min(...kept));
  });

  it('grams tell words and their order apart, and a reader forgets the last text', () => {
    expect(gramsOf('cat dog')).not.toEqual(gramsOf('dog cat'));
    const read = createGramReader();
    read('something else entirely');
    const { buckets, size } = read('cat dog');
    expect(buckets.slice(0, size).toSorted((a, b) => a - b)).toEqual(gramsOf('cat dog'));
  });
});
