import type { Warning } from '../../core/provider.ts';
import { type Notes, UNNOTED } from '../field-names.ts';

/** What reading comes across beside the request itself. */
export interface Findings {
  /** What the canonical request cannot hold. */
  lost: Warning[];
  /** The field that only Google can serve: the first one. */
  only: string | undefined;
  /** False: it carries reasoning that is not Google's. */
  passes: boolean;
  places: Notes;
}

export function noFindings(places = UNNOTED): Findings {
  return { lost: [], only: undefined, passes: true, places };
}

export function noteOnly(findings: Findings, param: string): void {
  findings.only ??= param;
}

/** A warning for each field that is set. */
export function noteDropped(findings: Findings, at: string, fields: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || value === null) continue;
    findings.lost.push({ param: at ? `${at}.${name}` : name, action: 'dropped' });
  }
}
