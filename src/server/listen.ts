import type { Server } from 'node:http';
import { ConfigurationError } from '../config/parse.ts';

/** Resolves with the port. `setting` is the one that errors name. */
export function listen(
  server: Server,
  port: number,
  { host, setting }: { host: string; setting: string },
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'is taken' : `cannot be used (${cause.code})`;
      const how = setting === 'server.port' ? 'with --port' : 'there'; // The option moves that listener only.
      reject(new ConfigurationError(setting, [`${port} on ${host} ${why}; choose another ${how}`]));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
