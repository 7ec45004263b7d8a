import { describe, expect, it } from 'vitest';
import { lowest } from '../../src/core/ceilings.ts';
import type { ChatRequest } from '../../src/core/chat.ts';
import { CHAT } from '../../src/doors/chat/door.ts';
import { ceilingsOf } from '../../src/http/ceilings.ts';

const ASK: ChatRequest = { model: 'auto', messages: [{ role: 'user', content: 'Hi' }] };
const take = (headers: Record<string, string>, fields: Partial<ChatRequest> = {}) => {
  const request = { ...ASK, ...fields };
  const header = (name: string) => headers[name];
  const limits = { maxBodyBytes: 1_000, maxMessages: 3, maxDepth: 20 };
  const entry = CHAT.read(JSON.stringify(request), { limits, header, param: () => undefined });
  return { ...entry, ceilings: lowest(ceilingsOf(header), entry.ceilings ?? {}) };
};

describe('the ceilings of a request', () => {
  it('are none where nobody names one, and the text stays as it came', () => {
    const taken = take({});
    expect(taken.ceilings).toEqual({ maxCostUsd: undefined, maxLatencyMs: undefined });
    expect(taken.original.text).toBe(JSON.stringify(ASK));
  });

  it('come in headers', () => {
    expect(take({ 'x-signalbox-max-cost-usd': '0.002', 'x-signalbox-max-latency-ms': '1500' }).ceilings).toEqual({
      maxCostUsd: 0.002,
      maxLatencyMs: 1_500,
    });
  });

  it('or in the body, from which they are taken: no provider knows them', () => {
    const { request, original, ceilings } = take({}, { max_cost_usd: 0.5, max_latency_ms: 900 });
    expect(ceilings).toEqual({ maxCostUsd: 0.5, maxLatencyMs: 900 });
    expect(request).toEqual(ASK);
    expect(JSON.parse(original.text)).toEqual(ASK);
  });

  it('hold both, so the lower counts', () => {
    expect(take({ 'x-signalbox-max-cost-usd': '0.2' }, { max_cost_usd: 0.5 }).ceilings.maxCostUsd).toBe(0.2);
    expect(take({ 'x-signalbox-max-cost-usd': '0.9' }, { max_cost_usd: 0.5 }).ceilings.maxCostUsd).toBe(0.5);
    expect(lowest({ maxLatencyMs: 5 }, { maxLatencyMs: 4 })).toEqual({ maxCostUsd: undefined, maxLatencyMs: 4 });
  });

  it.each(['', '0', '-1', '1e3', 'free', 'Infinity', 'NaN', '1,5', ' 1'])('refuse a header of "%s"', (text) => {
    expect(() => take({ 'x-signalbox-max-cost-usd': text })).toThrow(
      expect.objectContaining({ kind: 'invalid_request', param: 'x-signalbox-max-cost-usd' }),
    );
  });
});
