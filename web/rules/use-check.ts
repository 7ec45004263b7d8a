import { useEffect, useState } from 'preact/hooks';
import { ask } from '../api.ts';
import type { RulesCheck, RulesMistake } from '../types.ts';

/** Letters come fast, questions do not. */
const PAUSE_MS = 400;

/** What is wrong with a text, a moment after it was last changed; undefined while nobody knows. */
export function useCheck(text: string | undefined): readonly RulesMistake[] | undefined {
  const [known, setKnown] = useState<{ text: string; mistakes: readonly RulesMistake[] }>();
  useEffect(() => {
    if (text === undefined) return undefined;
    const own = new AbortController();
    const check = async () => {
      const options = { method: 'POST', body: { text }, signal: own.signal } as const;
      const { mistakes } = await ask<RulesCheck>('/admin/v1/rules/check', options).catch(
        (cause: unknown): RulesCheck => ({ mistakes: [{ path: '', message: String(cause) }] }),
      );
      if (!own.signal.aborted) setKnown({ text, mistakes });
    };
    const timer = setTimeout(() => void check(), PAUSE_MS);
    return () => {
      clearTimeout(timer);
      own.abort();
    };
  }, [text]);
  return known && known.text === text ? known.mistakes : undefined;
}
