/**
 * The Python SDKs, where they are installed: `PYTHON=/path/to/venv/bin/python npm run test:clients`. They are no part
 * of this repository's installation.
 */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { KEY, MODELS, serving } from './house.ts';
import { run } from './run.ts';

const PYTHON = process.env.PYTHON ?? 'python3';
const server = serving();

const SCRIPTS = [
  { script: 'openai_chat.py', packages: 'openai' },
  { script: 'openai_responses.py', packages: 'openai' },
  { script: 'anthropic_messages.py', packages: 'anthropic' },
  { script: 'google_genai.py', packages: 'google.genai' },
];

describe.each(SCRIPTS)('$script', ({ script, packages }) => {
  const installed = spawnSync(PYTHON, ['-c', `import ${packages}`]).status === 0;
  if (!installed) console.log(`${script} is skipped: ${PYTHON} has no ${packages}.`);

  it.skipIf(!installed).each(MODELS)('%s does all that the script asks', async (model) => {
    const environment = { BASE_URL: server.base, API_KEY: KEY, MODEL: model };
    const { code, stderr, stdout } = await run(PYTHON, [`test/clients/python/${script}`], { environment });
    expect(stdout + stderr).toContain(model);
    expect(code).toBe(0);
  });
});
