/** Of which files `npm run build` made the bundle: whoever has edited one since runs the sources, never old code. */
import { hash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
/** As deep below the root as the sources' own folders: `../../package.json` is the same file from both. */
export const BUNDLE = join(ROOT, 'dist/node');
/** Paths from the root, each with its stamp. */
export const MADE_OF = join(BUNDLE, 'made-of.json');

export const LOCK = 'package-lock.json';

/**
 * Seconds, because archives and images keep no more. npm writes its lock anew with the same text.
 * @param {string} file from the root
 */
export function stampOf(file) {
  if (file === LOCK) return hash('sha256', readFileSync(join(ROOT, LOCK)));
  const { size, mtimeMs } = statSync(join(ROOT, file));
  return `${size} ${Math.trunc(mtimeMs / 1_000)}`;
}

/** @returns {boolean} */
export function isFresh() {
  try {
    /** @type {Record<string, string>} */
    const stamps = JSON.parse(readFileSync(MADE_OF, 'utf8'));
    for (const file in stamps) if (stampOf(file) !== stamps[file]) return false;
    return true;
  } catch {
    return false; // There is none, or a file is gone.
  }
}
