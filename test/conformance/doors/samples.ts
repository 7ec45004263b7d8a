/** What all doors are asked about. */
import { expect } from 'vitest';
import type { DoorFeature, Told } from './feature.ts';

export const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
export const PDF = 'JVBERi0xLjQKJSBhIHBhZ2U=';
export const WAV = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEA';
export const CITY = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};
export const TRIP = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer' } },
  required: ['city', 'days'],
  additionalProperties: false,
};

export function expectTrip({ text }: Told): void {
  expect(JSON.parse(text)).toEqual({ city: expect.any(String), days: expect.any(Number) });
}

export function expectCalls({ calls }: Told, names: readonly string[]): void {
  expect(calls).toEqual(names.map((name) => ({ name, input: { city: expect.any(String) } })));
}

export function expectUsage({ usage }: Told): void {
  expect(usage.prompt).toBeGreaterThan(0);
  expect(usage.answer).toBeGreaterThan(0);
}

/** However often: practice calls what it may as often as it is asked for. */
export function expectOnly({ calls }: Told, name: string): void {
  expect([...new Set(calls.map((call) => call.name))]).toEqual([name]);
}

/** Something that a request says beside its question. */
export function setting(name: string, ask: object, { param, sent }: Pick<DoorFeature, 'param' | 'sent'>): DoorFeature {
  return { name, ask, ...(param && { param }), ...(sent && { sent }), check: ({ text }) => expect(text).not.toBe('') };
}

export function attached(name: string, ask: object, { param, sent }: { param: RegExp; sent: RegExp }): DoorFeature {
  return { name, ask, param, sent, check: ({ text }) => expect(text).toContain('Attachments: 1.') };
}
