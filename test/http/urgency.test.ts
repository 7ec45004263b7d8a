import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/core/errors.ts';
import { urgencyOf } from '../../src/http/urgency.ts';

const CALLER = { priority: 'critical' } as const;

describe('urgencyOf', () => {
  it("is the key's where the request says nothing", () => {
    expect(urgencyOf(undefined, undefined, CALLER)).toEqual({ priority: 'critical', deadlineMs: undefined });
  });

  it.each(['critical', 'normal', 'background', 'Background', 'NORMAL'])('takes %s', (priority) => {
    expect(urgencyOf(priority, undefined, CALLER).priority).toBe(priority.toLowerCase());
  });

  it.each(['', 'urgent', 'normal ', 'critical,normal', '__proto__', '0'])('refuses the priority "%s"', (priority) => {
    expect(() => urgencyOf(priority, undefined, CALLER)).toThrow(GatewayError);
    expect(() => urgencyOf(priority, undefined, CALLER)).toThrow(
      expect.objectContaining({ kind: 'invalid_request', param: 'x-signalbox-priority' }),
    );
  });

  it.each([
    ['1', 1],
    ['30000', 30_000],
    ['999999999', 999_999_999],
    ['007', 7],
  ])('takes a deadline of %s ms', (text, deadlineMs) => {
    expect(urgencyOf(undefined, text, CALLER).deadlineMs).toBe(deadlineMs);
  });

  it.each(['', '0', '000', '-1', '1.5', '1e3', '0x10', ' 5', '5s', 'soon', 'NaN', 'Infinity', '1000000000'])(
    'refuses the deadline "%s"',
    (text) => {
      expect(() => urgencyOf(undefined, text, CALLER)).toThrow(
        expect.objectContaining({ kind: 'invalid_request', param: 'x-signalbox-deadline-ms' }),
      );
    },
  );
});
