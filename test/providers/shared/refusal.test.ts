import { describe, expect, it } from 'vitest';
import { parseJson, readErrorBody, retryAfterMs } from '../../../providers/shared/refusal.ts';
import type { Refusal } from '../../../src/core/provider.ts';

const refusal = (headers: Record<string, string>): Refusal => ({
  status: 429,
  header: (name) => headers[name],
  body: '',
});
const date = 'Sun, 22 Nov 2026 06:00:00 GMT';

describe('how long to stay away', () => {
  const rows: { name: string; headers: Record<string, string>; ms: number | undefined }[] = [
    { name: 'nothing is unknown', headers: {}, ms: undefined },
    { name: 'seconds', headers: { 'retry-after': '7' }, ms: 7000 },
    { name: 'fractions of seconds', headers: { 'retry-after': '0.25' }, ms: 250 },
    {
      name: 'milliseconds come first',
      headers: { 'retry-after-ms': '120.5', 'x-ms-retry-after-ms': '5', 'retry-after': '1' },
      ms: 121,
    },
    { name: "Azure's milliseconds come second", headers: { 'x-ms-retry-after-ms': '5', 'retry-after': '1' }, ms: 5 },
    { name: 'nonsense is passed over', headers: { 'retry-after-ms': 'soon', 'retry-after': '2' }, ms: 2000 },
    {
      name: 'a date counts from the date of the answer',
      headers: { 'retry-after': 'Sun, 22 Nov 2026 06:01:30 GMT', date },
      ms: 90_000,
    },
    {
      name: 'a date alone is unknown: our clock may be wrong',
      headers: { 'retry-after': 'Sun, 22 Nov 2026 06:01:30 GMT' },
      ms: undefined,
    },
    {
      name: 'a date in the past is unknown',
      headers: { 'retry-after': 'Sun, 22 Nov 2026 05:00:00 GMT', date },
      ms: undefined,
    },
    { name: 'a negative wait is unknown', headers: { 'retry-after': '-1' }, ms: undefined },
    { name: 'zero is at once', headers: { 'retry-after': '0' }, ms: 0 },
    { name: 'an empty header is unknown', headers: { 'retry-after': ' ' }, ms: undefined },
    { name: 'more than a timer can hold is unknown', headers: { 'retry-after': '2147484' }, ms: undefined },
    { name: 'infinity is unknown', headers: { 'retry-after': 'Infinity' }, ms: undefined },
  ];
  it.each(rows)('$name', ({ headers, ms }) => {
    expect(retryAfterMs(refusal(headers))).toBe(ms);
  });
});

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
