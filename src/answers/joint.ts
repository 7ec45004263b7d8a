/**
 * Where the rest of a broken answer begins: how much of a reply has been said already. Pure.
 *
 * A model that goes on by itself after its own words (prefill) repeats nothing. Another is told to begin with the last
 * of them, its anchor: replies rarely begin with a blank or in the middle of a word, so without a repetition nobody
 * could tell `wor` + `ld` from `wor` + ` ld`; and a repetition that is exact shows that it goes on at the right place.
 */

/** The last words that a model is told to repeat; characters. */
const ANCHOR = 80;
/** So many of them will do, or up to so many: some repeat less than they are told, some the whole sentence. */
const OVERLAP = { least: 12, most: 200 };
/** A reply that begins as the answer did begins anew. */
const RESTART = { least: 16, most: 80 };

export interface Joint {
  /** What the client has, but for the whitespace at its end. */
  said: string;
  whitespace: string;
  /** Empty where the model goes on by itself. */
  anchor: string;
}

export function jointOf(text: string, goesOnByItself: boolean): Joint {
  const said = text.trimEnd();
  return { said, whitespace: text.slice(said.length), anchor: goesOnByItself ? '' : anchorOf(said) };
}

/** `wait`: more of the reply must be seen. `broken`: it does not go on where the answer stopped. */
export type Seam = number | 'wait' | 'broken';

/** How many characters of the reply the client has already. `isWhole`: no more of it comes. */
export function seamOf(joint: Joint, reply: string, isWhole: boolean): Seam {
  const repeated = joint.anchor ? anchored(joint, reply, isWhole) : restarted(joint.said, reply, isWhole);
  if (typeof repeated !== 'number') return repeated;
  const { whitespace } = joint;
  let at = 0;
  while (at < whitespace.length && reply[repeated + at] === whitespace[at]) at++;
  const isOpen = !isWhole && at < whitespace.length && repeated + at === reply.length;
  return isOpen ? 'wait' : repeated + at;
}

/** From a word's beginning, where there is one. */
function anchorOf(said: string): string {
  const last = said.slice(-ANCHOR);
  if (last.length === said.length) return said.trimStart();
  const blank = last.search(/\s/);
  const isNear = blank >= 0 && blank < ANCHOR / 2;
  return isNear ? last.slice(blank).trimStart() : last.replace(/^[\udc00-\udfff]/, '');
}

function anchored({ said, anchor }: Joint, reply: string, isWhole: boolean): Seam {
  const words = reply.trimStart();
  const before = reply.length - words.length;
  if (words.startsWith(anchor)) return before + anchor.length;
  if (words.startsWith(said)) return before + said.length;
  const tail = said.slice(-OVERLAP.most);
  if (!isWhole && (anchor.startsWith(words) || said.startsWith(words) || mayGrow(tail, words))) return 'wait';
  const overlap = overlapOf(tail, words);
  return overlap >= OVERLAP.least ? before + overlap : 'broken';
}

/** A model that begins anew is of use only where it says the very same again. */
function restarted(said: string, reply: string, isWhole: boolean): Seam {
  const opening = said.slice(0, RESTART.most);
  if (opening.length < RESTART.least) return 0;
  if (reply.startsWith(said)) return said.length;
  if (!isWhole && said.startsWith(reply)) return 'wait';
  return reply.startsWith(opening) ? 'broken' : 0;
}

/** Whether these words stand in the tail with more behind them, which may be what comes next. */
function mayGrow(tail: string, words: string): boolean {
  const at = tail.indexOf(words);
  return at >= 0 && at + words.length < tail.length;
}

/** How many of the first words are the tail's last. */
function overlapOf(tail: string, words: string): number {
  for (let length = Math.min(tail.length, words.length); length > 0; length--) {
    if (tail.endsWith(words.slice(0, length))) return length;
  }
  return 0;
}
