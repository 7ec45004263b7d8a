import type { Script } from './providers.ts';

/** `whole` and `live`: as the client asked. `gathered`: asked whole, and read from the provider as a stream. */
export type Mode = 'whole' | 'live' | 'gathered';

/** One sentence of `tell` and the calls that were made, or one for each mode or dialect. */
type Seen = string | Readonly<Partial<Record<Mode | 'openai' | 'anthropic', string>>>;

export interface Row {
  fault: string;
  /** What the first provider does; absent: nobody listens there. */
  script?: Script;
  /** Whole and live by default. */
  modes?: readonly Mode[];
  /** What the client sees when there is no other provider. */
  alone: Seen;
  /** And when there is one that is well; by default its answer. */
  helped?: Seen;
  /** Longest silence that is allowed; the answer has to come before. By default there is no such demand. */
  idleMs?: number;
  /** Where workerd's own HTTP client does something else. */
  worker?: { alone: string } | { skip: string };
}

export const SAVED = '200 "saved" stop (1+1)';

export function seenIn(seen: Seen, mode: Mode, dialect: 'openai' | 'anthropic'): string {
  return typeof seen === 'string' ? seen : (seen[mode] ?? seen[dialect] ?? 'nothing is said about this');
}
