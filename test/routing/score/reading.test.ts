import { describe, expect, test } from 'vitest';
import { FEATURE_NAMES } from '../../../src/routing/score/features.ts';
import type { Reading } from '../../../src/routing/score/lines.ts';
import { read } from '../../../src/routing/score/read.ts';
import { createWordTree } from '../../../src/routing/score/words.ts';

const tree = createWordTree([
  { feature: 0, words: ['prove*', 'step by step', 'c++', '证明', '증명', 'พิสูจน์', 'докаж*'] },
  { feature: 1, words: ['what is', 'step'] },
]);

function reading(text: string): Reading {
  return read(text, tree, new Float64Array(FEATURE_NAMES.length));
}

function found(text: string): [number, number] {
  const words = new Float64Array(FEATURE_NAMES.length);
  read(text, tree, words);
  return [words[0] ?? 0, words[1] ?? 0];
}

describe('what is counted', () => {
  test.each<[string, string, Partial<Reading>]>([
    ['letters are the length, signs and digits are not', 'ab, c = 12', { length: 3 }],
    ['a Chinese character is three letters', '证明它', { length: 9 }],
    ['a Korean one is two', '증명', { length: 4 }],
    ['Arabic, Hindi and Thai are alphabets', 'أثبت', { length: 4 }],
    ['sentences end with a space, a line or the text', 'One. Two!\nThree.', { sentences: 3 }],
    ['in Chinese and Hindi, too', '好。好！हाँ।', { sentences: 3 }],
    ['a point in a number, an address or a name ends none', 'On 1.5 see example.org by J. Doe', { sentences: 0 }],
    ['the answers to choose from are no sentences', 'A. Yes\nB. No', { sentences: 0 }],
    ['numbers', 'Add 3 and 4,000 and 2.5 and 3/4', { numbers: 4 }],
    ['digits within a word are no number', 'sha256 and utf8', { numbers: 0 }],
    ['questions in every script', 'Why? 为什么？ لماذا؟', { questions: 3 }],
    ['commas in every script', 'a, b、c，d، e', { commas: 4 }],
    ['lines of a list', '- one\n* two\n• three\n1. four\n2) five\n-six\n2024 seven', { items: 5 }],
    ['signs of formulas', 'x^2 + y^2 is $1$', { formulaMarks: 5, codeLines: 0 }],
    [
      'a fenced block is code',
      'See:\n```\nhello there, friend. 12\n```\nOk',
      { codeLines: 1, length: 5, commas: 0, numbers: 0 },
    ],
    ['code without a fence is code', 'for (let i = 0; i < n; i++) { total += rows[i]; }', { codeLines: 1, length: 0 }],
    ['indented code is code', 'def f(x):\n    return f(x - 1)', { codeLines: 1 }],
    ['a formula is no code', 'Let $f(x) = \\frac{1}{x}$ and $g(x) = x^{2}$', { codeLines: 0 }],
    ['a stack trace', 'TypeError: x\n    at run (/srv/a.js:1:2)\n  File "a.py", line 3', { traceLines: 2 }],
    ['a sentence that begins with "at" is no stack trace', 'At the end we met.', { traceLines: 0, sentences: 1 }],
    ['the heads of a diff', 'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@', { diffLines: 4 }],
    [
      'a log is pasted, not written',
      '2026-11-22T10:11:12.123Z ERROR 10.0.0.12:5432 refused',
      { length: 0, pasted: 53 },
    ],
    ['no text', '', { length: 0, sentences: 0, pasted: 0 }],
  ])('%s', (_sentence, text, expected) => {
    expect(reading(text)).toMatchObject(expected);
  });
});

describe('the words of the lists', () => {
  test.each<[string, string, [number, number]]>([
    ['whole words, any case', 'WHAT IS it', [0, 1]],
    ['not the middle of a word', 'approves, somewhat is', [0, 0]],
    ['not the beginning of one', 'steps', [0, 0]],
    ['a star is any ending', 'proven', [1, 0]],
    ['each word once', 'prove, prove, proves', [1, 0]],
    ['a word within a longer one, both', 'step by step', [1, 1]],
    ['over a line break', 'what\nis', [0, 1]],
    ['with signs', 'in C++ please', [1, 0]],
    ['anywhere in Chinese', '请证明这个', [1, 0]],
    ['anywhere in Korean', '이것을증명해', [1, 0]],
    ['anywhere in Thai', 'ช่วยพิสูจน์ที', [1, 0]],
    ['Cyrillic', 'Докажите', [1, 0]],
    ['Latin among Chinese', '用what is和', [0, 1]],
    ['not in fenced code', '```\nprove\n```', [0, 0]],
    ['at the end of a long text', `${'x '.repeat(5_000)}prove`, [1, 0]],
    ['not in the middle of a long text', `${'x '.repeat(5_000)}prove${' x'.repeat(5_000)}`, [0, 0]],
  ])('%s', (_sentence, text, expected) => {
    expect(found(text)).toEqual(expected);
  });
});
