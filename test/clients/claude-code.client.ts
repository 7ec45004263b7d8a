/** Claude Code, headless: a task with several tools, on models that are not Claude too. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { KEY, MODELS, PRACTISED, serving } from './house.ts';
import { run } from './run.ts';
import { binary, CONTENT, newTask, planOf } from './task.ts';

const server = serving();

function claude(options: readonly string[], task = newTask(), key = KEY) {
  const environment = {
    HOME: task.home,
    ANTHROPIC_BASE_URL: server.url,
    ANTHROPIC_API_KEY: key,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  };
  return run(binary('claude'), ['-p', ...options], { folder: task.folder, environment });
}

describe.each([...MODELS, 'claude-haiku-4-5'])('claude -p with %s', (model) => {
  it('writes a file, reads it, counts it, and tells', async () => {
    const task = newTask();
    const plan = planOf([
      ['Write', { file_path: task.file, content: CONTENT }],
      ['Read', { file_path: task.file }],
      ['Bash', { command: 'cat notes.txt | wc -c', description: 'Counts' }],
    ]);
    const ended = await claude([plan, '--model', model, '--allowedTools', 'Write,Read,Bash'], task);
    expect(ended.stdout).toContain(`The file holds: ${CONTENT.length}`);
    expect(ended.stdout).toContain(PRACTISED);
    expect(readFileSync(task.file, 'utf8')).toBe(CONTENT);
  });
});

it('goes on with an earlier conversation', async () => {
  const task = newTask();
  await claude(['[practice plan]\nsay One\n', '--model', 'gpt-4.1'], task);
  const { stdout } = await claude(['--continue', '[practice plan]\nsay Two\n', '--model', 'gemini-2.5-flash'], task);
  expect(stdout).toContain('Two');
  expect(stdout).toContain(PRACTISED);
});

it('says that a key is wrong', async () => {
  const { code, stdout } = await claude(['Hello', '--model', 'gpt-4.1'], newTask(), 'wrong');
  expect(code).not.toBe(0);
  expect(stdout).toMatch(/API key|401/);
});
