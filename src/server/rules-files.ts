/** The files that `routing:` names. Checked before anything uses them, so that a bad one is refused whole. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import shippedRules from '../../routing-rules/rules.json' with { type: 'json' };
import type { RoutingDocuments } from '../compose.ts';
import { ConfigurationError } from '../config/parse.ts';
import type { Routing } from '../config/routing.ts';
import { createOverlay } from '../routing/learn/overlay.ts';
import { createRules } from '../routing/rules/rules.ts';

export interface RoutingFiles {
  documents: RoutingDocuments;
  /** Those that were read, as absolute paths. */
  files: readonly string[];
}

interface From {
  /** The configuration's name in messages. */
  source: string;
  /** Its file. */
  file: string | undefined;
}

const CHECKS = {
  rules: (document: unknown) => createRules(shippedRules, document),
  overlay: createOverlay,
};

/** Throws an error that names every mistake of both, with file and place. */
export function readRouting(routing: Routing, { source, file }: From): RoutingFiles {
  const directory = file === undefined ? '.' : dirname(file);
  const files: string[] = [];
  const documents: RoutingDocuments = {};
  const mistakes: string[] = [];
  for (const name of ['rules', 'overlay'] as const) {
    const given = routing[name];
    if (given === undefined) continue;
    const path = typeof given === 'string' ? resolve(directory, given) : undefined;
    if (path !== undefined) files.push(path);
    try {
      const document = path === undefined ? given : readDocument(path);
      CHECKS[name](document);
      documents[name] = document;
    } catch (cause) {
      mistakes.push(...linesOf(cause).map((line) => `${typeof given === 'string' ? given : name}: ${line}`));
    }
  }
  if (mistakes.length > 0) throw new RoutingMistakes(source, mistakes, files);
  return { documents, files };
}

/** One for each mistake, without the words above them. */
export function linesOf(cause: unknown): string[] {
  const lines = (cause instanceof Error ? cause.message : String(cause)).split('\n');
  return lines.length > 1 ? lines.slice(1).map((line) => line.replace(/^- /, '')) : lines;
}

/** Knows the files, too: one of them will be mended. */
export class RoutingMistakes extends ConfigurationError {
  readonly files: readonly string[];

  constructor(source: string, mistakes: readonly string[], files: readonly string[]) {
    super(`${source}: routing`, mistakes);
    this.files = files;
  }
}

function readDocument(path: string): unknown {
  return documentIn(readText(path), path);
}

/** YAML, and therefore JSON too. */
export function documentIn(text: string, path: string): unknown {
  if (text.trim() === '') throw new Error('is empty: it may be half written; {} stands for no rules'); // As of an editor.
  if (path.endsWith('.json')) return JSON.parse(text);
  const document = parseDocument(text, { prettyErrors: true });
  const [error] = document.errors;
  if (error) throw new Error(`is not YAML: ${error.message.split('\n')[0]}`);
  return document.toJS() ?? {};
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    throw new Error(`cannot be read (${why})`, { cause });
  }
}
