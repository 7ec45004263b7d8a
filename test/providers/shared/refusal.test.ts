import { describe, expect, it } from 'vitest';
import { parseJson, readErrorBody } from '../../../providers/shared/refusal.ts';

describe('error bodies', () => {
  const rows: { name: string; body: string; error: object; message: string }[] = [
    {
      name: 'OpenAI, Anthropic and Gemini',
      body: '{"error":{"type":"t","message":"m"}}',
      error: { type: 't', message: 'm' },
      message: 'm',
    },
    {
      name: 'a list with one (Vertex)',
      body: '[{"error":{"code":429,"message":"m"}}]',
      error: { code: 429, message: 'm' },
      message: 'm',
    },
    { name: 'AWS', body: '{"message":"m","__type":"X"}', error: { message: 'm', __type: 'X' }, message: 'm' },
    { name: 'AWS in capitals', body: '{"Message":"m"}', error: { Message: 'm' }, message: 'm' },
    { name: 'a bare sentence', body: '{"error":"m"}', error: { error: 'm' }, message: 'm' },
    { name: 'HTML', body: '<html>502</html>', error: {}, message: '' },
    { name: 'nothing', body: '', error: {}, message: '' },
    { name: 'no object', body: 'null', error: {}, message: '' },
  ];
  it.each(rows)('$name', ({ body, error, message }) => {
    expect(readErrorBody(body)).toEqual({ error, message });
  });

  it('what is no JSON is undefined', () => {
    expect([parseJson('{'), parseJson('1')]).toEqual([undefined, 1]);
  });
});
