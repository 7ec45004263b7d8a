import { describe, expect, it } from 'vitest';
import { parseForm } from '../../src/batches/multipart.ts';

const TYPE = 'multipart/form-data; boundary=x';
const part = (head: string, value: string) => `--x\r\ncontent-disposition: form-data; ${head}\r\n\r\n${value}\r\n`;

describe('a form', () => {
  it.each([
    { name: 'plain', body: `${part('name="a"', '1')}${part('name="b"', '2')}--x--\r\n`, values: { a: '1', b: '2' } },
    { name: 'with a preamble', body: `ignored\r\n${part('name="a"', '1')}--x--`, values: { a: '1' } },
    { name: 'with line ends in a value', body: `${part('name="a"', '1\n2\r\n3')}--x--`, values: { a: '1\n2\r\n3' } },
    { name: 'without quotes', body: `${part('name=a', '1')}--x--`, values: { a: '1' } },
    {
      name: 'with a boundary in quotes',
      type: 'multipart/form-data; boundary="x"',
      body: `${part('name=a', '1')}--x--`,
      values: { a: '1' },
    },
  ])('$name', ({ type = TYPE, body, values }) => {
    expect(Object.fromEntries(parseForm(type, body).map(({ name, value }) => [name, value]))).toEqual(values);
  });

  it('has the names of its files', () => {
    const [file] = parseForm(TYPE, `${part('name="file"; filename="my \\"own\\".jsonl"', '{}')}--x--`);
    expect(file).toEqual({ name: 'file', filename: 'my "own".jsonl', value: '{}' });
  });

  it.each([
    { name: 'another type', type: 'application/json', body: '{}', says: 'multipart/form-data' },
    { name: 'no boundary', type: 'multipart/form-data', body: '', says: 'multipart/form-data' },
    { name: 'no end', type: TYPE, body: part('name="a"', '1'), says: 'breaks off' },
    { name: 'a field without a name', type: TYPE, body: `${part('', '1')}--x--`, says: 'no name' },
    { name: 'many fields', type: TYPE, body: `${part('name="a"', '1').repeat(30)}--x--`, says: 'more than 20' },
  ])('is refused: $name', ({ type, body, says }) => {
    expect(() => parseForm(type, body)).toThrow(says);
  });
});
