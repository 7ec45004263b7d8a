const MOST = 10;
/** Names are short; a longer question is no typing error. */
const LONGEST = 80;

/** The names most like the one asked for: what to offer to whoever mistyped it. */
export function nearNames(asked: string, names: Iterable<string>): string[] {
  const wanted = asked.slice(0, LONGEST).toLowerCase();
  return [...names]
    .map((name) => ({ name, distance: unlikeness(wanted, name.slice(0, LONGEST).toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, MOST)
    .map(({ name }) => name);
}

/** Who leaves out the end of a name has hardly mistyped it. */
function unlikeness(wanted: string, name: string): number {
  return Math.min(distance(wanted, name), 1 + distance(wanted, name.slice(0, wanted.length)));
}

/** Levenshtein's: how many letters to add, drop or change. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
