/** The operator's own rules as a text that can be checked, tried and changed. The server fills it in, where it can. */
export interface RulesEditor {
  read(): RulesText;
  /** None: it could come into force. */
  mistakesIn(text: string): readonly RulesMistake[];
  /** What of late would have gone elsewhere; the mistakes where it could not come into force. */
  trial(text: string): Promise<RulesTrial | readonly RulesMistake[]>;
  /** In force when it returns. */
  apply(edit: RulesEdit): Applied;
  /** The newest first. */
  versions(): readonly RulesVersion[];
}

export interface RulesText {
  text: string;
  /** Changes with the text. */
  etag: string;
  /** The file, for people. */
  place: string;
  format: 'yaml' | 'json';
  /** Why nobody can change it from here; undefined: it can be changed. */
  readOnly: string | undefined;
}

export interface RulesMistake {
  /** `rules[2].do.tier`; empty: of the whole. */
  path: string;
  message: string;
  /** From 1, where that is known. */
  line: number | undefined;
}

export interface RulesEdit {
  text: string;
  /** Of the text that was edited: another one by now is not written over. */
  etag: string;
  by: string;
  why: string;
}

export type Applied =
  | { ok: true; etag: string; version: number }
  | { ok: false; because: 'read_only' | 'changed' | 'not_written'; message: string }
  | { ok: false; because: 'invalid'; mistakes: readonly RulesMistake[] };

export interface RulesVersion {
  version: number;
  atMs: number;
  by: string;
  why: string;
  text: string;
}

export interface Shift {
  name: string;
  before: number;
  after: number;
}

/** The same requests chosen for twice: by the rules in force, and by the text. */
export interface RulesTrial {
  requests: number;
  fromMs: number | undefined;
  toMs: number | undefined;
  moved: number;
  refused: number;
  /** Of the requests whose cost is known on both sides; `spentUsd` is what they really cost. */
  cost: { requests: number; beforeUsd: number; afterUsd: number; spentUsd: number };
  tiers: readonly Shift[];
  deployments: readonly Shift[];
  /** Moves by what had a say in them. */
  causes: readonly { cause: string; requests: number }[];
  /** Those that change the bill most. */
  moves: readonly {
    requestId: string;
    from: string;
    to: string;
    reason: string;
    costBeforeUsd: number;
    costAfterUsd: number;
  }[];
  /** What it rests on and what it cannot know, in words. */
  unknown: readonly string[];
}

/** For runtimes that have no files, and a router that was started without one. */
export function readOnlyRules(text: string, reason: string): RulesEditor {
  const read = () => ({ text, etag: '', place: '', format: 'yaml' as const, readOnly: reason });
  return {
    read,
    mistakesIn: () => [],
    trial: () => Promise.resolve([{ path: '', message: reason, line: undefined }]),
    apply: () => ({ ok: false, because: 'read_only', message: reason }),
    versions: () => [],
  };
}
