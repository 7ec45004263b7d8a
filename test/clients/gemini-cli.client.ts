/** Gemini CLI, headless: a task with several tools, on models that are not Gemini too. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { KEY, MODELS, PRACTISED, serving } from './house.ts';
import { run } from './run.ts';
import { binary, CONTENT, newTask, planOf } from './task.ts';

const server = serving();
const SETTINGS = JSON.stringify({
  security: { auth: { selectedType: 'gemini-api-key' } },
  privacy: { usageStatisticsEnabled: false },
  general: { enableAutoUpdate: false },
});

function gemini(model: string, prompt: string, task = newTask({ '.gemini/settings.json': SETTINGS }), key = KEY) {
  const environment = { HOME: task.home, GOOGLE_GEMINI_BASE_URL: server.url, GEMINI_API_KEY: key };
  const options = ['--skip-trust', '--yolo', '-m', model, '-p', prompt];
  return run(binary('gemini'), options, { folder: task.folder, environment });
}

describe.each(MODELS)('gemini -p with %s', (model) => {
  it('writes a file, reads it, and tells', async () => {
    const task = newTask({ '.gemini/settings.json': SETTINGS });
    const plan = planOf([
      ['write_file', { file_path: task.file, content: CONTENT }],
      ['read_file', { file_path: task.file }],
    ]);
    const { stdout, stderr } = await gemini(model, plan, task);
    expect(stdout + stderr).toContain(PRACTISED);
    expect(stdout).toContain(`The file holds: ${CONTENT}`);
    expect(readFileSync(task.file, 'utf8')).toBe(CONTENT);
  });
});

it('says that a key is wrong', async () => {
  const { code, stderr } = await gemini('gpt-4.1', 'Hello', undefined, 'wrong');
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/key/i);
});
