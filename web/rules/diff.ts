/** What changed from one text to another, a line at a time. */
export interface DiffLine {
  sign: ' ' | '+' | '-';
  text: string;
  /** In the newer text, or in the older where it is gone. */
  number: number;
}

/** Beyond it a browser would stand still. */
const MAX_CELLS = 4_000_000;
/** Of what stayed, what is shown around what did not. */
const AROUND = 3;

/** By the longest common subsequence; what is the same at both ends is not looked at. */
export function diffOf(before: string, after: string): DiffLine[] {
  const [a, b] = [linesOf(before), linesOf(after)];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  const kept = (text: string, index: number): DiffLine => ({ sign: ' ', text, number: index + 1 });
  return [
    ...a.slice(0, head).map(kept),
    ...middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail), head),
    ...b.slice(b.length - tail).map((text, index) => kept(text, b.length - tail + index)),
  ];
}

/** Only what changed, and a little of what is around it. */
export function hunksOf(lines: readonly DiffLine[]): DiffLine[][] {
  const isNear = lines.map((_, at) => lines.slice(Math.max(0, at - AROUND), at + AROUND + 1).some(isChange));
  const hunks: DiffLine[][] = [];
  for (const [at, line] of lines.entries()) {
    if (!isNear[at]) continue;
    if (!isNear[at - 1]) hunks.push([]);
    hunks.at(-1)?.push(line);
  }
  return hunks;
}

const isChange = ({ sign }: DiffLine) => sign !== ' ';

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

function middle(a: readonly string[], b: readonly string[], offset: number): DiffLine[] {
  const gone = (index: number): DiffLine => ({ sign: '-', text: a[index] ?? '', number: offset + index + 1 });
  const come = (index: number): DiffLine => ({ sign: '+', text: b[index] ?? '', number: offset + index + 1 });
  if (a.length * b.length > MAX_CELLS) return [...a.map((_, i) => gone(i)), ...b.map((_, j) => come(j))];
  const common = commonOf(a, b);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      lines.push({ sign: ' ', text: b[j] ?? '', number: offset + j + 1 });
      i += 1;
      j += 1;
    } else if (lengthAt(common, i + 1, j) >= lengthAt(common, i, j + 1)) lines.push(gone(i++));
    else lines.push(come(j++));
  }
  while (i < a.length) lines.push(gone(i++));
  while (j < b.length) lines.push(come(j++));
  return lines;
}

function lengthAt(common: readonly Uint32Array[], i: number, j: number): number {
  return common[i]?.[j] ?? 0;
}

/** The length of the longest common subsequence from each pair of places on. */
function commonOf(a: readonly string[], b: readonly string[]): Uint32Array[] {
  const rows = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    const [row, below] = [rows[i], rows[i + 1]];
    if (!row || !below) continue;
    for (let j = b.length - 1; j >= 0; j -= 1) {
      row[j] = a[i] === b[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return rows;
}
