/** The operator's rules as a text: read, checked, tried on the requests of late, changed, and put back as they were. */
import * as z from 'zod';
import { GatewayError } from '../../core/errors.ts';
import { RulesApplied, RulesCheck, RulesDocument, RulesTrial, RulesVersion, RulesVersions } from '../answers/rules.ts';
import { endpoint, json } from '../endpoint.ts';
import { taken } from '../key-book.ts';
import {
  type Applied,
  readOnlyRules,
  type RulesEdit,
  type RulesEditor,
  type RulesMistake,
  type RulesTrial as Trial,
  type RulesVersion as Version,
} from '../rules-editor.ts';
import type { AdminSources } from '../sources.ts';
import { isoOf } from '../span.ts';

const MAX_CHARACTERS = 256 * 1024;
/** JSON writes some of them in six. */
const MAX_BYTES = 1024 * 1024;
const NOWHERE =
  'this runtime has no files: the rules are part of what was deployed, and change with the next deployment';

const Text = z.strictObject({ text: z.string().max(MAX_CHARACTERS) });
const WHO = {
  etag: z.string().min(1).max(100).describe('Of the text that the change began with'),
  by: z.string().max(100).default('').describe('Who changes them; it goes into the history and the log'),
  why: z.string().max(500).default(''),
};
const Numbered = z.strictObject({ version: z.coerce.number().int().min(1) });

export const rulesEndpoints = [
  endpoint(
    {
      method: 'get',
      path: '/admin/v1/rules/document',
      summary: "The operator's own rules as they are written",
      answer: { status: 200, schema: RulesDocument },
    },
    ({ sources }) => {
      const { readOnly, ...read } = editorOf(sources).read();
      return json({ ...read, readOnly: readOnly ?? null });
    },
  ),
  endpoint(
    {
      method: 'post',
      path: '/admin/v1/rules/check',
      summary: 'Whether a text could come into force; nothing changes',
      body: Text,
      maxBodyBytes: MAX_BYTES,
      answer: { status: 200, schema: RulesCheck },
    },
    ({ body: { text }, sources }) => json({ mistakes: editorOf(sources).mistakesIn(text) }),
  ),
  endpoint(
    {
      method: 'post',
      path: '/admin/v1/rules/trial',
      summary: 'Which requests of late would have gone elsewhere by a text, and what that would have cost',
      body: Text,
      maxBodyBytes: MAX_BYTES,
      answer: { status: 200, schema: RulesTrial },
    },
    async ({ body: { text }, sources }) => {
      const tried = await editorOf(sources).trial(text);
      return json('moved' in tried ? { mistakes: [], trial: trialOf(tried) } : { mistakes: tried, trial: null });
    },
  ),
  endpoint(
    {
      method: 'put',
      path: '/admin/v1/rules/document',
      summary: 'Put another text in force, and into its file',
      body: z.strictObject({ ...Text.shape, ...WHO }),
      maxBodyBytes: MAX_BYTES,
      answer: { status: 200, schema: RulesApplied },
    },
    ({ body, sources }) => change(body, sources),
  ),
  endpoint(
    {
      method: 'get',
      path: '/admin/v1/rules/versions',
      summary: 'What the rules were: when, by whom and why they were changed; the last 50',
      answer: { status: 200, schema: RulesVersions },
    },
    ({ sources }) => json({ data: versionsOf(sources).map(({ text: _text, ...version }) => versionOf(version)) }),
  ),
  endpoint(
    {
      method: 'get',
      path: '/admin/v1/rules/versions/:version',
      summary: 'One of them with its text',
      parameters: Numbered,
      answer: { status: 200, schema: RulesVersion },
    },
    ({ parameters: { version }, sources }) => json(versionOf(findVersion(version, sources))),
  ),
  endpoint(
    {
      method: 'post',
      path: '/admin/v1/rules/versions/:version/restore',
      summary: 'Put the rules back as they were',
      parameters: Numbered,
      body: z.strictObject(WHO),
      answer: { status: 200, schema: RulesApplied },
    },
    ({ parameters: { version }, body, sources }) => {
      const { text } = findVersion(version, sources);
      const why = body.why === '' ? `back to version ${version}` : body.why;
      return change({ ...body, why, text }, sources);
    },
  ),
];

function editorOf({ editor }: AdminSources): RulesEditor {
  return editor ?? readOnlyRules('', NOWHERE);
}

function change(edit: RulesEdit, sources: AdminSources): Response {
  const editor = editorOf(sources);
  const applied = editor.apply(edit);
  if (!applied.ok) throw refusalOf(applied);
  const { version, etag } = applied;
  const { by, why } = edit;
  sources.onChange({ change: 'rules_changed', name: editor.read().place, version, by, why });
  return json({ etag, version });
}

function refusalOf(refused: Extract<Applied, { ok: false }>): GatewayError {
  if (refused.because === 'invalid') return invalidRules(refused.mistakes);
  const { because, message } = refused;
  if (because === 'not_written') {
    return new GatewayError('internal', `The rules could not be changed: ${message}`, { code: 'rules_not_written' });
  }
  return taken(because === 'changed' ? 'rules_changed' : 'rules_read_only', message);
}

function invalidRules(mistakes: readonly RulesMistake[]): GatewayError {
  const lines = mistakes.slice(0, 10).map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return new GatewayError('invalid_request', lines.join('; '), {
    code: 'rules_invalid',
    param: mistakes[0]?.path || 'text',
  });
}

function versionsOf(sources: AdminSources): readonly Version[] {
  try {
    return editorOf(sources).versions();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GatewayError('internal', `The history cannot be read: ${why}`, { code: 'rules_history_unreadable' });
  }
}

function findVersion(version: number, sources: AdminSources): Version {
  const found = versionsOf(sources).find((each) => each.version === version);
  if (found) return found;
  const message = `There is no version ${version} of the rules; only the last 50 are kept`;
  throw new GatewayError('route_not_found', message, { code: 'rules_version_not_found', param: 'version' });
}

function versionOf<T extends { atMs: number }>({ atMs, ...version }: T): object {
  return { ...version, at: isoOf(atMs) };
}

function trialOf({ fromMs, toMs, ...trial }: Trial): object {
  const at = (ms: number | undefined) => (ms === undefined ? null : isoOf(ms));
  return { ...trial, from: at(fromMs), to: at(toMs) };
}
