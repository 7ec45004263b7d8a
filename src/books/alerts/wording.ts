import type { Notice } from './book.ts';
import type { Message } from './grouping.ts';

/** Who reads more than this in a chat? */
const MAX_LINES = 15;

const WORDS: Record<Notice['kind'], string> = {
  fired: 'new',
  worse: 'worse',
  again: 'still',
  resolved: 'resolved',
};

export function titleOf({ status, title, firing }: Message): string {
  if (status === 'test') return `[TEST] ${title}`;
  return status === 'resolved' ? `[RESOLVED] ${title}` : `[FIRING ${firing.length}] ${title}`;
}

/** News first, then what fires besides; a line each. */
export function linesOf({ news, firing }: Message): string[] {
  const told = new Set(news.map(({ alert }) => alert.subject));
  const lines = [
    ...news.map(({ kind, alert }) => `${WORDS[kind]}: ${alert.summary}`),
    ...firing.filter(({ subject }) => !told.has(subject)).map(({ summary }) => `still: ${summary}`),
  ];
  const rest = lines.length - MAX_LINES;
  return rest > 0 ? [...lines.slice(0, MAX_LINES), `and ${rest} more`] : lines;
}

/** By characters that people see as one, so that none is cut in half. */
export function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
