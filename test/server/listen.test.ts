import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { listen } from '../../src/server/listen.ts';

const host = '127.0.0.1';

it.each([
  ['server.port', 'choose another with --port'],
  ['admin.port', 'choose another there'],
])('names what moves the listener of %s where its port is taken', async (setting, says) => {
  const squatter = createServer();
  const port = await listen(squatter, 0, { host, setting });
  const refused = listen(createServer(), port, { host, setting });
  await expect(refused).rejects.toThrow(`${setting}: ${port} on ${host} is taken; ${says}`);
  squatter.close();
});

it.each(['server', 'admin'])('names the host of %s where that is none of this machine', async (section) => {
  const refused = listen(createServer(), 0, { host: '[::1]', setting: `${section}.port` });
  await expect(refused).rejects.toThrow(`${section}.host: [::1] is no address of this machine (`);
});
