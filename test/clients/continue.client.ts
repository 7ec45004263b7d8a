/** Continue's command line, `cn`, headless: a task with several tools. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { KEY, MODELS, PRACTISED, serving } from './house.ts';
import { run } from './run.ts';
import { binary, CONTENT, newTask, planOf } from './task.ts';

const server = serving();

const settings = (model: string) => `
name: Signalbox
version: 1.0.0
schema: v1
models:
  - name: signalbox
    provider: openai
    model: "${model}"
    apiBase: ${server.base}
    apiKey: ${KEY}
    capabilities: [tool_use]
`;

describe.each(MODELS)('cn -p with %s', (model) => {
  it('writes a file, reads it, and tells', async () => {
    const task = newTask({ 'config.yaml': settings(model) });
    const plan = planOf([
      ['Write', { filepath: 'notes.txt', content: CONTENT }],
      ['Read', { filepath: 'notes.txt' }],
    ]);
    const options = ['-p', '--auto', '--config', `${task.home}/config.yaml`, plan];
    const environment = { HOME: task.home, CONTINUE_TELEMETRY_ENABLED: '0' };
    const { stdout, stderr } = await run(binary('cn'), options, { folder: task.folder, environment });
    expect(stdout + stderr).toContain(PRACTISED);
    expect(stdout).toContain(CONTENT);
    expect(readFileSync(task.file, 'utf8')).toBe(CONTENT);
  });
});
