/** What all providers document alike of conversations. */
import { expect } from 'vitest';
import { z } from 'zod';
import type { Json } from './json.ts';

export const SAFE_ID = /^[A-Za-z0-9_-]{1,64}$/;
export const said = z.string().refine((text) => text.trim() !== '', 'empty text');
export const objectSchema = z.looseObject({ type: z.literal('object') });
export const unit = z.number().min(0).max(1);
export const positive = z.int().min(1);

/** Turns change speakers, and the user begins. */
export function alternate(turns: Json[], other: string): void {
  expect(turns.map(({ role }) => role)).toEqual(turns.map((_, index) => (index % 2 === 0 ? 'user' : other)));
}

/**
 * The turns of Claude's two speakers, who alternate. A system message in mid-conversation, where a model takes one,
 * follows a user's turn and stands before the assistant's, or last.
 */
export function spoken(messages: Json[]): Json[] {
  messages.forEach(({ role }, index) => {
    if (role !== 'system') return;
    expect(messages[index - 1]?.role).toBe('user');
    expect(messages[index + 1]?.role ?? 'assistant').toBe('assistant');
  });
  const turns = messages.filter(({ role }) => role !== 'system');
  alternate(turns, 'assistant');
  return turns;
}

export function sameIds(called: unknown[], answered: unknown[]): void {
  expect(answered).toEqual(called);
  unique(called);
}

export function unique(names: unknown[]): void {
  expect(new Set(names).size, `a name twice in ${names.join(', ')}`).toBe(names.length);
}
