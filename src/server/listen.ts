import type { Server } from 'node:http';
import { ConfigurationError } from '../config/parse.ts';

/** It is the host that is wrong: no other port would do. */
const NOT_HERE: ReadonlySet<string> = new Set(['ENOTFOUND', 'EADDRNOTAVAIL', 'EAI_AGAIN']);

/** Resolves with the port. `setting` is the one that errors name. */
export function listen(
  server: Server,
  port: number,
  { host, setting }: { host: string; setting: string },
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(refusedBy(cause, port, { host, setting })));
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

function refusedBy(
  { code }: NodeJS.ErrnoException,
  port: number,
  { host, setting }: { host: string; setting: string },
): ConfigurationError {
  if (NOT_HERE.has(code ?? '')) {
    return new ConfigurationError(setting.replace(/port$/, 'host'), [
      `${host} is no address of this machine (${code})`,
    ]);
  }
  const why = code === 'EADDRINUSE' ? 'is taken' : `cannot be used (${code})`;
  const how = setting === 'server.port' ? 'with --port' : 'there'; // The option moves that listener only.
  return new ConfigurationError(setting, [`${port} on ${host} ${why}; choose another ${how}`]);
}
