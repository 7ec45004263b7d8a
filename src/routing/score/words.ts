import { classOf, DIGIT, HAN } from './characters.ts';

/**
 * The words of all lists in one tree, so that a text is searched for all of them at once: from the beginning of a word
 * as deep as it matches, which is three letters for most. No regular expression: the text is the caller's, and nothing
 * the caller writes may make this slow.
 */
export interface WordTree {
  /** A node and a character → the next node. */
  next: ReadonlyMap<number, number>;
  /** The feature that the word ending at a node belongs to, or -1. */
  featureAt: Int16Array;
  /** Whether any ending will do. */
  openAt: Uint8Array;
}

export interface WordList {
  feature: number;
  /** A star at the end stands for any ending. */
  words: readonly string[];
}

const CODES = 0x10000;

export function createWordTree(lists: readonly WordList[]): WordTree {
  const next = new Map<number, number>();
  const ends = new Map<number, { feature: number; open: boolean }>();
  let nodes = 1;
  for (const { feature, words } of lists) {
    for (const word of words) {
      const text = stem(word);
      let node = 0;
      for (let at = 0; at < text.length; at += 1) {
        const key = node * CODES + text.charCodeAt(at);
        node = next.get(key) ?? nodes;
        if (node === nodes) nodes += 1;
        next.set(key, node);
      }
      const open = word.endsWith('*') || isUnspaced(text.charCodeAt(text.length - 1));
      ends.set(node, { feature, open: open || (ends.get(node)?.open ?? false) });
    }
  }
  const featureAt = new Int16Array(nodes).fill(-1);
  const openAt = new Uint8Array(nodes);
  for (const [node, { feature, open }] of ends) {
    featureAt[node] = feature;
    openAt[node] = open ? 1 : 0;
  }
  return { next, featureAt, openAt };
}

export function stem(word: string): string {
  return (word.endsWith('*') ? word.slice(0, -1) : word).toLowerCase();
}

/** Tells the node of every word of the tree that begins at a place. */
export function findWords(tree: WordTree, text: string, from: number, found: (node: number) => void): void {
  let node: number | undefined = 0;
  for (let at = from; ; at += 1) {
    const code = text.charCodeAt(at);
    node = tree.next.get(node * CODES + (code === 0x0a ? 0x20 : code));
    if (node === undefined) return;
    if (tree.featureAt[node] === -1) continue;
    if (tree.openAt[node] === 1 || !isLetter(text.charCodeAt(at + 1))) found(node);
  }
}

function isUnspaced(code: number): boolean {
  const kind = classOf(code);
  return kind > DIGIT && kind <= HAN;
}

function isLetter(code: number): boolean {
  return classOf(code) <= DIGIT;
}
