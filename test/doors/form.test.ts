import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { Form } from '../../src/doors/form.ts';

const utf8 = new TextEncoder();
const TYPE = 'multipart/form-data; boundary=XX';
const formOf = (text: string, type = TYPE) => new Form(utf8.encode(text), type);
const part = (head: string, value: string) => `--XX\r\nContent-Disposition: form-data; ${head}\r\n\r\n${value}\r\n`;
const END = '--XX--\r\n';

/** As the web's own encoder writes it. */
async function encoded(
  fields: Record<string, string | Blob>,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; type: string }> {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  const response = new Response(data);
  return { bytes: new Uint8Array(await response.arrayBuffer()), type: response.headers.get('content-type') ?? '' };
}

describe('a form', () => {
  it('gives its texts and files by their names', async () => {
    const { bytes, type } = await encoded({
      model: 'whisper-1',
      file: new File([Uint8Array.from([0, 13, 10, 255])], 'a.wav'),
    });
    const form = new Form(bytes, type);
    expect(form.text('model')).toBe('whisper-1');
    expect(form.text('file')).toBeUndefined();
    const [file] = form.files('file');
    expect(file).toMatchObject({ filename: 'a.wav', type: 'application/octet-stream' });
    expect(file && [...form.bytesOf(file)]).toEqual([0, 13, 10, 255]);
  });

  it.each([
    ['a quoted boundary', 'multipart/form-data; charset=utf-8; boundary="XX"', part('name="a"', '1') + END, '1'],
    ['a preamble and white space behind the boundary', TYPE, `hello\r\n${part('name="a"', '1')}--XX--   \r\n`, '1'],
    ['a list’s name', TYPE, part('name="a[]"', '1') + END, '1'],
    ['a name without quotes', TYPE, part('name=a', '1') + END, '1'],
    ['line ends in a value', TYPE, part('name="a"', '1\n2\r\n3') + END, '1\n2\r\n3'],
    ['an empty value', TYPE, part('name="a"', '') + END, ''],
    ['a value that looks like a boundary', TYPE, part('name="a"', '--XX') + END, '--XX'],
    [
      'more head than it needs',
      TYPE,
      `--XX\r\nX-A: b\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n${END}`,
      '1',
    ],
  ])('may have %s', (_, type, text, value) => {
    expect(formOf(text, type).text('a')).toBe(value);
  });

  it.each([
    ['no boundary', 'multipart/form-data', part('name="a"', '1') + END],
    ['JSON', 'application/json', '{}'],
    ['another boundary', TYPE, '--YY\r\n\r\n--YY--'],
    ['no end', TYPE, '--XX\r\nContent-Disposition: form-data; name="a"\r\n\r\n1'],
    ['no name', TYPE, part('filename="x"', '1') + END],
    [
      'a head without end',
      TYPE,
      `--XX\r\nContent-Disposition: form-data; name="${'x'.repeat(5_000)}"\r\n\r\n1\r\n${END}`,
    ],
    ['two heads of a field', TYPE, part('name="a"\r\nContent-Disposition: form-data; name="b"', '1') + END],
    ['a name that is said twice', TYPE, part('name="a"; NAME="b"', '1') + END],
    ['a name in another field’s quotes', TYPE, part('x="; name=a"; name="b"; name="a"', '1') + END],
    ['a name behind what is none', TYPE, part('name="a" name="b"', '1') + END],
    ['a name behind a line end of another kind', TYPE, part('name=a\u2028; name="b"', '1') + END],
    ['a name on a line that goes on', TYPE, part('name="a";\r\n name="b"', '1') + END],
    ['a name for newer readers', TYPE, part("name=a; name*=utf-8''b", '1') + END],
    ['a name in escapes', TYPE, part('name="\\a"', '1') + END],
    ['more fields than anybody needs', TYPE, part('name="a"', '1').repeat(200) + END],
    ['nothing', TYPE, ''],
  ])('is none with %s', (_, type, text) => {
    expect(() => formOf(text, type)).toThrow(expect.objectContaining({ kind: 'invalid_request' }));
  });

  it.each([
    ['text', part('name="a"', '1'), part('name="a"', '2')],
    ['text in a list', part('name="a"', '1'), part('name="a[0]"', '2')],
    ['file', part('name="a"; filename="1"', '1'), part('name="a"; filename="2"', '2')],
    [
      'text beside a file without a name, which some read as text',
      part('name="a"', '1'),
      part('name="a"; filename=""', '2'),
    ],
  ])('says no %s twice that is asked for: others may go by the second', (_, first, second) => {
    const form = formOf(first + second + END);
    const both = () => [form.text('a'), form.file('a')];
    expect(both).toThrow(expect.objectContaining({ kind: 'invalid_request', param: 'a' }));
  });

  it.each(['my \\"own\\".jsonl', 'my %22own%22.jsonl'])(
    'has the names of its files without their escapes: %s',
    (sent) => {
      const [file] = formOf(part(`name="file"; filename="${sent}"`, '{}') + END).files('file');
      expect(file?.filename).toBe('my "own".jsonl');
    },
  );

  it('reads no name out of another one', () => {
    const form = formOf(part('filename="; name=model"; name="file"', '1') + END);
    expect(form.parts).toMatchObject([{ name: 'file', filename: '; name=model' }]);
  });

  it('has a file whose name is in the newer words alone', () => {
    expect(formOf(part("name=file; filename*=UTF-8''a%C3%A4.wav", '1') + END).file('file')).toBeDefined();
  });

  it('with another model is the same bytes but for its name, whatever the file holds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 200 }),
        fc.string(),
        fc.string({ minLength: 1 }),
        async (file, prompt, model) => {
          const fields = { prompt, model, file: new File([new Uint8Array(file)], 'a.png', { type: 'image/png' }) };
          const { bytes, type } = await encoded(fields);
          const { body, type: kept } = new Form(bytes, type).with('model', 'other');
          const data = await new Response(body, { headers: { 'content-type': kept } }).formData();
          expect(data.get('model')).toBe('other');
          expect(data.get('prompt')).toBe(
            (await new Response(bytes, { headers: { 'content-type': type } }).formData()).get('prompt'),
          );
          expect(new Uint8Array(await (data.get('file') as File).arrayBuffer())).toEqual(new Uint8Array(file));
          expect(new Form(bytes, type).with('model', model).body).toEqual(bytes);
        },
      ),
      { numRuns: 100 },
    );
  });
});
