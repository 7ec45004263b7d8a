/** Who stands above whom. */

/** Deeper than any company; a bound on what one request draws on. */
export const MAX_DEPTH = 16;

export type Ancestry<T> = { isRight: true; above: readonly T[] } | { isRight: false; problem: string };

export interface Family<T> {
  /** `tenant` or `key`, for messages. */
  kind: string;
  find: (name: string) => T | undefined;
  parentOf: (member: T) => string | undefined;
}

/** All that stand above `member`, nearest first. */
export function ancestryOf<T>(name: string, member: T, { kind, find, parentOf }: Family<T>): Ancestry<T> {
  const names = [name];
  const above: T[] = [];
  for (let parent = parentOf(member); parent !== undefined;) {
    const next = find(parent);
    if (!next) return wrong(`there is no ${kind} "${parent}"`);
    if (names.includes(parent)) return wrong(`goes in a circle: ${[...names, parent].join(' → ')}`);
    if (above.length === MAX_DEPTH) return wrong(`more than ${MAX_DEPTH} stand above it`);
    names.push(parent);
    above.push(next);
    parent = parentOf(next);
  }
  return { isRight: true, above };
}

function wrong(problem: string): { isRight: false; problem: string } {
  return { isRight: false, problem };
}
