/** The rules' text changed through the admin API: checked as a start checks it, and written whole or not at all. */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { RecentRequest } from '../admin/recent-plans.ts';
import type { Applied, RulesEdit, RulesEditor, RulesMistake, RulesVersion } from '../admin/rules-editor.ts';
import type { Composed, RoutingDocuments } from '../compose.ts';
import { lineOf } from '../config/rules-file.ts';
import type { RoutingView } from '../routing/view.ts';
import { linesOf } from './rules-files.ts';
import { readHistory, writeHistory, writeWhole } from './rules-history.ts';
import { findRules, type From, type RulesPlace } from './rules-place.ts';
import { tryRules } from './rules-trial.ts';
import type { Followed } from './watch.ts';

export interface RulesEditorPorts {
  from: From;
  inForce: () => RoutingDocuments;
  /** What these documents would make. Throws every mistake in them, and changes nothing. */
  viewOf: (documents: RoutingDocuments) => RoutingView;
  /** Takes what the files say. */
  reload: () => void;
  recent: () => readonly RecentRequest[];
  now: () => number;
}

/** Of a server that runs. */
export function rulesEditorOf(composed: Running, from: From, { look }: Pick<Followed, 'look'>): RulesEditor {
  const { documents, viewOf, accounting, gateway } = composed;
  const recent = () => {
    accounting.recorder.settle();
    return accounting.plans.all();
  };
  return createRulesEditor({ from, inForce: documents, viewOf, reload: look, recent, now: gateway.clock.now });
}

interface Running extends Pick<Composed, 'documents' | 'gateway' | 'accounting'> {
  viewOf: RulesEditorPorts['viewOf'];
}

const FOUND = 'found in the file';

export function createRulesEditor(ports: RulesEditorPorts): RulesEditor {
  const { from, inForce, viewOf, recent } = ports;
  /** The view that the text would make, or what is wrong with it. */
  const weigh = (text: string): RoutingView | RulesMistake[] => {
    const place = findRules(from);
    if (!('path' in place)) return [{ path: '', message: place.readOnly, line: undefined }];
    try {
      return viewOf({ ...inForce(), rules: place.documentOf(text) });
    } catch (cause) {
      return linesOf(cause).map((line) => mistakeOf(line, text, from.source));
    }
  };
  const mistakesIn = (text: string) => {
    const view = weigh(text);
    return Array.isArray(view) ? view : [];
  };
  return {
    read() {
      const place = findRules(from);
      if ('path' in place) return { ...textOf(place), readOnly: place.readOnly };
      return { text: '', etag: etagOf(''), place: '', format: 'yaml', readOnly: place.readOnly };
    },
    mistakesIn,
    async trial(text) {
      const after = weigh(text);
      return Array.isArray(after) ? after : tryRules(recent(), { before: viewOf(inForce()), after });
    },
    apply(edit) {
      const place = findRules(from);
      if (!('path' in place) || place.readOnly !== undefined) {
        return { ok: false, because: 'read_only', message: place.readOnly ?? '' };
      }
      if (etagOf(place.text) !== edit.etag) {
        return { ok: false, because: 'changed', message: 'Somebody else has changed the rules meanwhile' };
      }
      const mistakes = mistakesIn(edit.text);
      return mistakes.length > 0 ? { ok: false, because: 'invalid', mistakes } : applied(place, edit, ports);
    },
    versions() {
      const place = findRules(from);
      return 'path' in place ? readHistory(place.path).toReversed() : [];
    },
  };
}

function textOf({ text, name, format }: RulesPlace) {
  return { text, etag: etagOf(text), place: name, format };
}

function etagOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

/** The history first: a version too many says nothing wrong, one too few cannot be gone back to. */
function applied(place: RulesPlace, { text, by, why }: RulesEdit, ports: RulesEditorPorts): Applied {
  const { inForce, reload, now, from } = ports;
  const { path } = place;
  try {
    const put = place.put(text);
    const before = readHistory(path);
    const found = before.at(-1)?.text === place.text ? before : [...before, foundOf(place, before)];
    const version = (found.at(-1)?.version ?? 0) + 1;
    writeHistory(path, [...found, { version, atMs: now(), by, why, text: put.text }]);
    try {
      writeWhole(path, put.whole, statSync(path).mode);
    } catch (cause) {
      writeHistory(path, before);
      throw cause;
    }
    reload();
    const written = findRules(from);
    if (!('path' in written) || !isDeepStrictEqual(written.documentOf(written.text), inForce().rules)) {
      throw new Error('it is written, and is not in force; the log says why');
    }
    return { ok: true, etag: etagOf(written.text), version };
  } catch (cause) {
    return { ok: false, because: 'not_written', message: linesOf(cause).join('; ') };
  }
}

/** What somebody wrote by hand can be gone back to, as well. */
function foundOf({ path, text }: RulesPlace, before: readonly RulesVersion[]): RulesVersion {
  const version = (before.at(-1)?.version ?? 0) + 1;
  return { version, atMs: Math.round(statSync(path).mtimeMs), by: '', why: FOUND, text };
}

/** `signalbox.yaml: routing: rules[0].do.tier: no tier …` is told by its place. */
function mistakeOf(line: string, text: string, source: string): RulesMistake {
  const message = line
    .replace(`${source}: routing: `, '')
    .replace(`${source}: `, '')
    .replace(/^routing\.rules\.?/, '');
  const [, path = '', says = message] = /^((?:shipped guard |rule )?'[^']+'\S*|[^\s:]+): (.*)$/s.exec(message) ?? [];
  const [, at] = /at line (\d+)/.exec(says) ?? [];
  return { path, message: says, line: at === undefined ? lineOf(text, path) : Number(at) };
}
