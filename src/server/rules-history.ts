/** What the rules were, beside the file that they are in: `rules.yaml.history.json`. */
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import type { RulesVersion } from '../admin/rules-editor.ts';

const MAX_VERSIONS = 50;
const MAX_CHARACTERS = 4_000_000;

const History = z.object({
  versions: z.array(
    z.object({ version: z.int(), atMs: z.number(), by: z.string(), why: z.string(), text: z.string() }),
  ),
});

export function historyFile(path: string): string {
  return `${path}.history.json`;
}

/** The oldest first. Throws where the file is there and is no history: nothing is written over it. */
export function readHistory(path: string): RulesVersion[] {
  const text = textOf(historyFile(path));
  if (text === undefined) return [];
  try {
    return History.parse(JSON.parse(text)).versions;
  } catch (cause) {
    throw new Error(`${basename(historyFile(path))} is no history of rules; move it away`, { cause });
  }
}

/** The oldest go where there are too many. */
export function writeHistory(path: string, versions: readonly RulesVersion[]): void {
  const kept = versions.slice(-MAX_VERSIONS);
  while (kept.length > 1 && kept.reduce((sum, { text }) => sum + text.length, 0) > MAX_CHARACTERS) kept.shift();
  writeWhole(historyFile(path), `${JSON.stringify({ versions: kept })}\n`, statSync(path).mode);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  }
}

/** All of it or nothing, whatever happens meanwhile: another file is put in its place. */
export function writeWhole(path: string, text: string, mode: number): void {
  const beside = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    const file = openSync(beside, 'wx', 0o600);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    chmodSync(beside, mode & 0o777);
    renameSync(beside, path);
  } catch (cause) {
    rmSync(beside, { force: true });
    throw cause;
  }
}
