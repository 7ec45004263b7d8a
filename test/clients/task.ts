/** What a coding agent is given to do: a folder of its own, a home of its own, and a plan for the practice model. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export const CONTENT = 'hello from practice';

export interface Task {
  /** Where it works. */
  folder: string;
  /** The file that must be there at the end, with CONTENT. */
  file: string;
  /** Where its settings are looked for; nothing of the person's who runs the tests. */
  home: string;
}

export function newTask(settings: Record<string, string> = {}): Task {
  const root = mkdtempSync(join(tmpdir(), 'signalbox-client-'));
  const [folder, home] = [join(root, 'work'), join(root, 'home')];
  for (const made of [folder, home]) mkdirSync(made);
  for (const [name, text] of Object.entries(settings)) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), text);
  }
  return { folder, file: join(folder, 'notes.txt'), home };
}

/** The calls, one a turn, and in the end the result of the last of them. */
export function planOf(calls: readonly (readonly [tool: string, input: object | string])[]): string {
  const lines = calls.map(([tool, input]) => `${tool} ${JSON.stringify(input)}`);
  return ['Please do the task.', '[practice plan]', ...lines, 'say The file holds: {result}', '', ''].join('\n');
}

export function binary(name: string): string {
  return resolve('test/clients/node_modules/.bin', name);
}
