import { describe, expect, it } from 'vitest';
import { isExactNumber, numberOf, parseExactly, parseExactlyUnder, rounded } from '../../src/core/exact-json.ts';

const NAMES = new Set(['input']);
const again = (text: string) => JSON.stringify(parseExactly(text));
const under = (text: string) => JSON.stringify(parseExactlyUnder(NAMES, text));

describe('exact JSON', () => {
  it.each([
    ['an id of 64 bits', '{"id":12345678901234567891}'],
    ['the largest of 64 bits, in a list', '{"ids":[-9223372036854775808,9223372036854775807]}'],
    ['an id alone', '12345678901234567891'],
    ['an id behind strings with quotes', String.raw`{"a\\\"":"\"b\\","__proto__":{"id":12345678901234567891}}`],
    ['an id beside white space', '{"ids":[ 12345678901234567891\t, -12345678901234567891 ]}'.replaceAll(/\s/g, '')],
  ])('is written as it was read: %s', (_, text) => expect(again(text)).toBe(text));

  it.each([
    ['small numbers', '{"a":1,"b":-2.5,"c":[0]}'],
    ['a long number that is held', '{"a":9007199254740993000,"b":0.015891225198711105,"c":1234567890123456}'],
    ['digits in a string', '{"a":"[12345678901234567891","b":"\\"[12345678901234567891"}'],
    ['a decimal', '{"wei":0.123456789012345678901,"much":12345678901234567891e3}'],
    ["this file's own mark", String.raw`{"a":"\u0000exact:12345678901234567891","b":12345678901234567891}`],
  ])('is what JSON is: %s', (_, text) => expect(parseExactly(text)).toStrictEqual(JSON.parse(text)));

  it('finds long numbers wherever they stand', () => {
    const shift = (length: number) => `${'1'.repeat(length % 16)}${'x'.repeat(length)}`;
    const texts = Array.from({ length: 40 }, (_, length) => `["${shift(length)}",9007199254740993]`);
    expect(texts.map(again)).toEqual(texts);
  });

  it('leaves strings that look like its own mark', () => {
    const text = String.raw`["\u0000\u0065xact:no","\u0000\u0065xact:",9007199254740993]`;
    expect(again(text)).toBe(text.replaceAll(String.raw`\u0065`, 'e'));
  });

  it.each([
    '{"id":12345678901234567891,}',
    '{"id":1,12345678901234567891:2}',
    '{ 12345678901234567891 :2}',
    '{"id":00000000000000000001}',
  ])('tells what is no JSON as JSON does: %s', (text) => {
    expect(() => parseExactly(text)).toThrow(SyntaxError);
    expect(() => parseExactlyUnder(NAMES, text)).toThrow(SyntaxError);
  });

  it('reads what is nested too deep for exactness', () => {
    const text = `{"id":12345678901234567891,"deep":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect(parseExactly(text)).toMatchObject({ id: Number('12345678901234567891') });
  });

  it('is so only in objects under some names', () => {
    const text =
      '{"seed":12345678901234567891,"input":[{"n":12345678901234567891,"input":{"n":12345678901234567891}}]}';
    const number = '12345678901234567000';
    expect(under(text)).toBe(`{"seed":${number},"input":[{"n":${number},"input":{"n":12345678901234567891}}]}`);
  });

  it('tells its numbers from objects, and rounds them for whoever counts', () => {
    const { id } = parseExactly('{"id":12345678901234567891}') as { id: unknown };
    expect([isExactNumber(id), isExactNumber({ rawJSON: '1' }), isExactNumber(1)]).toEqual([true, false, false]);
    expect([numberOf(id), numberOf('1'), numberOf(2)]).toEqual([Number('12345678901234567891'), '1', 2]);
    expect(rounded({ maximum: id })).toEqual({ maximum: Number('12345678901234567891') });
  });
});
