/** New rules without a restart: when a file has changed, and on SIGHUP. What is bad changes nothing. */
import { watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Composed } from '../compose.ts';
import type { Log } from '../platform/log.ts';
import { RulesDocument } from '../routing/rules/document.ts';
import type { RoutingView } from '../routing/view.ts';
import type { Loaded } from './configuration.ts';
import { readRouting, type RoutingFiles, RoutingMistakes } from './rules-files.ts';

/** Editors write a file in several steps. */
const SETTLED_AFTER_MS = 100;

/**
 * Calls `changed` when one of the files has changed, however it was written: an editor may put another file in its
 * place, so it is the directory that is watched. Kubernetes swaps a link there whose name begins with two dots.
 */
export function watchFiles(files: readonly string[], changed: () => void): () => void {
  let settling: NodeJS.Timeout | undefined;
  const touched = () => {
    clearTimeout(settling);
    settling = setTimeout(changed, SETTLED_AFTER_MS);
  };
  const watchers = [...Map.groupBy(files, dirname)].flatMap(([directory, inIt]) => {
    const names = new Set(inIt.map((file) => basename(file)));
    try {
      const watcher = watch(directory, { persistent: false }, (_event, name) => {
        if (name === null || names.has(name) || name.startsWith('..')) touched();
      });
      watcher.on('error', () => watcher.close()); // The directory is gone; SIGHUP still works.
      return [watcher];
    } catch {
      return []; // There is no such directory yet; SIGHUP still works.
    }
  });
  return () => {
    clearTimeout(settling);
    for (const watcher of watchers) watcher.close();
  };
}

export interface Following {
  loaded: Pick<Loaded, 'source' | 'file' | 'routing'>;
  composed: Pick<Composed, 'gateway' | 'reroute'>;
  log: Log;
  /** What is in force. */
  began: RoutingFiles;
}

export interface Followed {
  /** On SIGHUP. */
  reload: () => void;
  /** At once, where a file is known to have changed. */
  look: () => void;
  stop: () => void;
}

/** Keeps the routing as the files say. */
export function followRouting({ loaded, composed, log, began }: Following): Followed {
  let { documents } = began;
  let watched: readonly string[] = [];
  let stopWatching = () => {};
  /** What is watched already is not let go of for a moment: a change could slip through. */
  const follow = (files: readonly string[], anew: boolean) => {
    const all = loaded.file === undefined ? files : [resolve(loaded.file), ...files];
    if (!anew && isDeepStrictEqual(all, watched)) return;
    stopWatching();
    stopWatching = watchFiles(all, () => load('file'));
    watched = all;
  };
  const load = (why: 'file' | 'SIGHUP') => {
    const anew = why === 'SIGHUP';
    try {
      const next = readRouting(loaded.routing(), loaded);
      follow(next.files, anew);
      if (isDeepStrictEqual(next.documents, documents)) {
        if (anew) log.info({}, 'routing: nothing has changed');
        return;
      }
      const before = summary(composed.gateway.routing, documents);
      composed.reroute(next.documents);
      documents = next.documents;
      log.info(
        differences(before, summary(composed.gateway.routing, documents)),
        'routing: the new rules are in force',
      );
    } catch (cause) {
      if (cause instanceof RoutingMistakes) follow(cause.files, anew);
      const mistakes = cause instanceof Error ? cause.message.split('\n') : [String(cause)];
      log.error({ mistakes }, 'routing: nothing has changed, because of mistakes');
    }
  };
  follow(began.files, true);
  return { reload: () => load('SIGHUP'), look: () => load('file'), stop: () => stopWatching() };
}

type Summary = Record<string, unknown>;

function summary({ rules }: RoutingView, { rules: document, overlay }: RoutingFiles['documents']): Summary {
  const [, ...above] = rules.tiers.map(({ name }) => name);
  const own = RulesDocument.parse(document ?? {}).rules ?? [];
  return {
    rules: own.map(({ name }) => name),
    ...Object.fromEntries(own.map(({ name, ...rule }) => [`rule ${name}`, rule])),
    guards: rules.steps.filter(({ isGuard }) => isGuard).map(({ name }) => name),
    routes: [...rules.routes.keys()],
    tiers: Object.fromEntries(rules.tiers.map(({ name, models }) => [name, models])),
    ...Object.fromEntries(
      [...rules.cuts].map(([profile, from]) => [
        `profile ${profile}`,
        Object.fromEntries(above.map((tier, index) => [tier, from[index]])),
      ]),
    ),
    overlay: isObject(overlay) ? overlay.provenance : undefined,
  };
}

/** What is in only one of them is there too. */
function differences(before: Summary, after: Summary): Summary {
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => !isDeepStrictEqual(before[name], after[name]),
  );
  return Object.fromEntries(changed.map((name) => [name, { before: before[name], after: after[name] }]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
