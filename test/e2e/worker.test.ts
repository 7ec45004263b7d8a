import { request } from 'node:http';
import { expect, it } from 'vitest';
import { startWorkerd } from '../support/servers.ts';

it('a Worker without client keys serves only its own machine', async () => {
  const running = await startWorkerd('providers: { anthropic: { apiKey: sk-ant-0123456789 } }');
  try {
    const answer = await get(`${running.url}/v1/models`, 'gateway.example');
    expect(answer).toContain('not configured');
    expect(answer).not.toContain('sk-ant');
    expect(running.output()).not.toContain('sk-ant');
    expect(await get(`${running.url}/v1/models`, '127.0.0.1')).toContain('claude-sonnet-5-5');
  } finally {
    await running.stop();
  }
});

/** With a `Host` of our own, which `fetch` does not allow. */
function get(url: string, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers: { host } }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve(text));
    });
    asked.on('error', reject);
    asked.end();
  });
}
