/** Characters: in UTF-8 up to three bytes each, and D1 takes two megabytes a value. */
const PIECE = 512 * 1024;

/** At least one. No piece ends in half a character: alone, it would not survive UTF-8. */
export function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  for (let from = 0; from < text.length || from === 0;) {
    const end = isHigh(text.charCodeAt(from + PIECE - 1)) ? from + PIECE - 1 : from + PIECE;
    pieces.push(text.slice(from, end));
    from = end;
  }
  return pieces;
}

/** The first half of a character that takes two. */
function isHigh(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
