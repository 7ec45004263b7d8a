/** Codex, headless, by the Responses API: a task with several tools, on models that are not OpenAI's too. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { KEY, PRACTISED, serving } from './house.ts';
import { run } from './run.ts';
import { binary, CONTENT, newTask, planOf, type Task } from './task.ts';

const STRANGERS = ['claude-sonnet-5-5', 'gemini-4-argon', 'us.amazon.nova-pro-v1:0', 'gpt-4.1'];
/** Names that Codex knows, and gives its newer tools to; one of them is answered by another vendor's model. */
const server = serving(`
models:
  gpt-6-sol: { deployments: [{ provider: anthropic, model: claude-sonnet-5-5 }] }
  gpt-6.1-sol: { deployments: [{ provider: openai, model: gpt-6.1-sol }] }
  claude-sonnet-5-5: { deployments: [{ provider: anthropic, model: claude-sonnet-5-5 }] }
  gemini-4-argon: { deployments: [{ provider: gemini, model: gemini-4-argon }] }
  us.amazon.nova-pro-v1:0: { deployments: [{ provider: bedrock, model: us.amazon.nova-pro-v1:0 }] }
  gpt-4.1: { deployments: [{ provider: openai, model: gpt-4.1 }] }
`);

const settings = () => `
model_provider = "signalbox"
[model_providers.signalbox]
name = "Signalbox"
base_url = "${server.base}"
env_key = "SIGNALBOX_KEY"
wire_api = "responses"
request_max_retries = 0
`;

/** The sandbox wants rights that a container may not have. */
const UNBOUND = '--dangerously-bypass-approvals-and-sandbox';

function codex(model: string, prompt: string, task: Task, key = KEY) {
  const environment = { HOME: task.home, SIGNALBOX_KEY: key };
  const options = ['exec', '--skip-git-repo-check', UNBOUND, '-m', model, prompt];
  return run(binary('codex'), options, { folder: task.folder, environment });
}

const WRITING = `printf '${CONTENT}' > notes.txt`;

describe.each(STRANGERS)('codex exec with %s, which it does not know', (model) => {
  it('writes a file, reads it, and tells', async () => {
    const task = newTask({ '.codex/config.toml': settings() });
    const plan = planOf([
      ['exec_command', { cmd: WRITING }],
      ['exec_command', { cmd: 'cat notes.txt' }],
    ]);
    const { stdout, stderr } = await codex(model, plan, task);
    expect(stdout + stderr).toContain(PRACTISED);
    expect(stdout).toContain(CONTENT);
    expect(readFileSync(task.file, 'utf8')).toBe(CONTENT);
  });
});

describe.each(['gpt-6-sol', 'gpt-6.1-sol'])('codex exec with %s, which it knows', (model) => {
  it('writes a file by its script tool, reads it, and tells', async () => {
    const task = newTask({ '.codex/config.toml': settings() });
    const script = (cmd: string) => `text(JSON.stringify(await tools.exec_command(${JSON.stringify({ cmd })})));`;
    const plan = planOf([
      ['exec', script(WRITING)],
      ['exec', script('cat notes.txt')],
    ]);
    const { stdout, stderr } = await codex(model, plan, task);
    expect(stdout + stderr).toContain(PRACTISED);
    expect(stdout).toContain(CONTENT);
    expect(readFileSync(task.file, 'utf8')).toBe(CONTENT);
  });
});

it('says that a key is wrong', async () => {
  const { code, stderr } = await codex('gpt-4.1', 'Hello', newTask({ '.codex/config.toml': settings() }), 'wrong');
  expect(code).not.toBe(0);
  expect(stderr).toContain('401');
});
