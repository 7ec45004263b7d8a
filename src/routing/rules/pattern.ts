export type Matcher = (text: string) => boolean;

/** Any of the patterns; `*` stands for any text. No regular expression: nothing anybody writes can make this slow. */
export function createMatcher(patterns: string | readonly string[]): Matcher {
  const all = typeof patterns === 'string' ? [patterns] : patterns;
  const plain = new Set(all.filter((pattern) => !pattern.includes('*')));
  const open = all.filter((pattern) => pattern.includes('*')).map((pattern) => pattern.split('*'));
  if (open.length === 0) return (text) => plain.has(text);
  return (text) => plain.has(text) || open.some((pieces) => fits(text, pieces));
}

function fits(text: string, pieces: readonly string[]): boolean {
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  const end = text.length - last.length;
  if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let from = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const at = text.indexOf(piece, from);
    if (at < 0 || at + piece.length > end) return false;
    from = at + piece.length;
  }
  return true;
}
