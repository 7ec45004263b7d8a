import { Alerts } from '../../../src/books/alerts/alerts.ts';
import { type ReceiverEntry, receiverOf } from '../../../src/books/alerts/receivers.ts';
import type { AlertSettings } from '../../../src/books/alerts/rules.ts';
import type { IncomingResponse, Transport } from '../../../src/core/ports.ts';
import type { OutgoingRequest } from '../../../src/core/provider.ts';
import { handTimers } from '../traces/hand-timers.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const NOON = Date.parse('2026-11-22T12:00:00Z');

export const SETTINGS: AlertSettings = {
  thresholdsPercent: [80, 90, 95],
  dailySpendUsd: 100,
  errorPercent: [10, 50],
  throttlePercent: [20, 80],
  windowMs: 5 * MINUTE,
  minimumCalls: 20,
  off: [],
  repeatMs: HOUR,
  maxRepeatMs: 24 * HOUR,
  groupMs: 20_000,
};

export const HOOK: ReceiverEntry = {
  name: 'hook',
  type: 'webhook',
  from: 'warning',
  url: 'https://hooks.example/canary-address',
  secret: 'canary-secret-0123456789',
};

/** What a receiver got, parsed. */
export interface Sent {
  url: string;
  headers: Record<string, string>;
  body: Record<string, unknown>;
}

/** Receivers that answer as they are told, in virtual time. */
export function recordingTransport(answer: () => Partial<IncomingResponse> | Error = () => ({})) {
  const sent: Sent[] = [];
  const transport: Transport = {
    send({ url, headers, body }: OutgoingRequest) {
      sent.push({ url, headers, body: JSON.parse(body) as Record<string, unknown> });
      const answered = answer();
      if (answered instanceof Error) return Promise.reject(answered);
      const body_ = (async function* () {})();
      const whole = { status: 200, header: () => undefined, body: body_, text: () => Promise.resolve('ok') };
      return Promise.resolve({ ...whole, ...answered });
    },
  };
  return { transport, sent };
}

export function world(entries: readonly ReceiverEntry[] = [HOOK], settings: Partial<AlertSettings> = {}) {
  let nowMs = NOON;
  const timers = handTimers();
  const { transport, sent } = recordingTransport();
  const mistakes: unknown[] = [];
  const alerts = new Alerts(
    { settings: { ...SETTINGS, ...settings }, receivers: entries.map(receiverOf), source: 'eu-1' },
    { transport, timers, clock: { now: () => nowMs }, onMistake: (cause) => mistakes.push(cause) },
  );
  return {
    alerts,
    sent,
    timers,
    mistakes,
    pass: (ms: number) => (nowMs += ms),
  };
}
