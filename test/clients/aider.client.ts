/** aider, where it is installed: `AIDER=/path/to/venv/bin/aider npm run test:clients`. It edits by words, not by tools. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { KEY, MODELS, PRACTISED, serving } from './house.ts';
import { run } from './run.ts';
import { CONTENT, newTask } from './task.ts';

const AIDER = process.env.AIDER ?? 'aider';
const installed = spawnSync(AIDER, ['--version']).status === 0;
if (!installed) console.log(`aider is skipped: there is no ${AIDER}.`);
const server = serving();

const QUIET = ['--no-git', '--yes-always', '--no-check-update', '--no-show-model-warnings', '--analytics-disable'];
const EDIT = `\n\nnotes.txt\n\`\`\`\n${CONTENT}\n\`\`\`\n`;

/** aider asks OpenAI itself for a key, because it knows the name. */
const ELSEWHERE: ReadonlySet<string> = new Set(['gpt-4.1']);
/** By OpenAI's API and by Anthropic's. */
const APIS = [
  { api: 'openai', environment: () => ({ OPENAI_API_BASE: server.base, OPENAI_API_KEY: KEY }) },
  { api: 'anthropic', environment: () => ({ ANTHROPIC_API_BASE: server.url, ANTHROPIC_API_KEY: KEY }) },
];

describe.skipIf(!installed).each(APIS)('aider by the API of $api', ({ api, environment }) => {
  it.each(MODELS.filter((model) => api === 'openai' || !ELSEWHERE.has(model)))('%s edits a file', async (model) => {
    const task = newTask();
    const message = ['Please.', '[practice plan]', `say ${JSON.stringify(EDIT)}`, ''].join('\n');
    const options = ['--model', `${api}/${model}`, '--edit-format', 'whole', ...QUIET, '--message', message];
    const { stdout, stderr } = await run(AIDER, options, {
      folder: task.folder,
      environment: { HOME: task.home, ...environment() },
    });
    expect((stdout + stderr).replaceAll(/\s+/g, ' ')).toContain(PRACTISED);
    expect(readFileSync(task.file, 'utf8').trim()).toBe(CONTENT);
  });
});
