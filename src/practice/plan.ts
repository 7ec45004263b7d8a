/**
 * A plan that the user writes for a practice provider, so that an agent can be tried with a task of several turns:
 *
 *     [practice plan]
 *     Write {"file_path": "notes.txt", "content": "one"}
 *     Read {"file_path": "notes.txt"}
 *     + Read {"file_path": "other.txt"}
 *     say The files hold: {result}
 *
 * A line is a turn; one that begins with `+` belongs to the turn before it. Providers remember nothing: which turn it
 * is, the conversation tells, in whatever wire it was sent.
 */
import { isSchema } from './sample.ts';

export interface Planned {
  calls: readonly { name: string; input: string }[];
  say?: string;
}

const PLAN = /^[^\S\n]*\[practice plan\][^\S\n]*\n/imu;
const STEP = /^[^\S\n]*(\+?)[^\S\n]*([\p{L}\p{N}_.:-]+)(?:[^\S\n]+(\S.*))?$/u;

/** What the plan has for the turn that is asked for; nothing where there is no plan, or it has been carried out. */
export function plannedIn(body: unknown): Planned | undefined {
  const turns = turnsOf(body);
  const at = turns.findLastIndex(({ by, text }) => by === 'user' && PLAN.test(text));
  if (at < 0) return undefined;
  const done = turns.slice(at).filter(({ by }, index, since) => by === 'model' && since[index - 1]?.by !== 'model');
  return readPlan(turns[at]?.text ?? '')[done.length];
}

export function withoutPlan(text: string): string {
  const start = PLAN.exec(text);
  if (!start) return text;
  const after = text.slice(start.index + start[0].length).split('\n');
  return text.slice(0, start.index) + after.slice(stepsAtTheStart(after).length).join('\n');
}

function readPlan(text: string): Planned[] {
  const start = PLAN.exec(text);
  if (!start) return [];
  const plan: Planned[] = [];
  for (const [, joins, name = '', input = ''] of stepsAtTheStart(
    text.slice(start.index + start[0].length).split('\n'),
  )) {
    const before = joins ? plan.pop() : undefined;
    const calls = before?.calls ?? [];
    plan.push(name === 'say' ? { ...before, calls, say: input } : { ...before, calls: [...calls, { name, input }] });
  }
  return plan;
}

/** Until the first line that is none: clients wrap what their users say. */
function stepsAtTheStart(lines: readonly string[]): RegExpExecArray[] {
  const read = lines.map((line) => STEP.exec(line.trimEnd()));
  const end = read.indexOf(null);
  return read.slice(0, end < 0 ? read.length : end).filter((step) => step !== null);
}

interface Turn {
  by: 'user' | 'model' | 'tool';
  text: string;
}

/** `messages`, Gemini's `contents` or the Responses API's `input`. */
function turnsOf(body: unknown): Turn[] {
  if (!isSchema(body)) return [];
  const list = body['messages'] ?? body['contents'] ?? body['input'];
  if (typeof list === 'string') return [{ by: 'user', text: list }];
  return (Array.isArray(list) ? list : []).filter(isSchema).flatMap((item): Turn[] => {
    const by = speakerOf(item);
    return by ? [{ by, text: textOf(item['content'] ?? item['parts']) }] : [];
  });
}

function speakerOf({ role, type }: Record<string, unknown>): Turn['by'] | undefined {
  if (role === 'assistant' || role === 'model') return 'model';
  if (role === 'system' || role === 'developer') return undefined;
  if (role === 'tool' || role === 'function' || String(type).endsWith('_output')) return 'tool';
  return role === undefined && type !== undefined ? 'model' : 'user';
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  const parts = (Array.isArray(content) ? content : []).filter(isSchema);
  return parts.flatMap(({ text }) => (typeof text === 'string' ? [text] : [])).join('\n');
}
