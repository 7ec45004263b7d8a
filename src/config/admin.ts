/** `admin:` of the configuration: the operator's own door. */
import * as z from 'zod';
import { isLoopback } from './loopback.ts';

/** Nobody guesses 24 characters; more than 512 are nobody's token. Empty, as an unset variable is, counts as none. */
const Token = z
  .string()
  .trim()
  .regex(/^(?:[\x21-\x7e]{24,512})?$/, 'a token has 24 to 512 characters of ASCII, no spaces among them')
  .transform((token) => token || undefined);

export const Admin = z
  .strictObject({
    enabled: z.boolean().default(true).describe('false: there is no admin API'),
    host: z.string().default('127.0.0.1').describe('One that other machines can reach needs `token`'),
    port: z.int().min(0).max(65_535).default(8788).describe('0 takes a free one'),
    token: Token.optional().describe(
      'Best as "${SIGNALBOX_ADMIN_TOKEN}"; without it one is drawn at each start and shown in the banner',
    ),
  })
  .refine(({ enabled, host, token }) => !enabled || token !== undefined || isLoopback(host), {
    path: ['token'],
    error: 'the host can be reached from other machines; set a token, best as "${SIGNALBOX_ADMIN_TOKEN}"',
  })
  .describe('The admin API, on an address of its own');

export type Admin = z.infer<typeof Admin>;

/** Whoever has a client's key must not be the operator by it. */
export function adminProblems({ token }: Admin, keys: readonly { name: string; key: string }[]): string[] {
  return keys
    .filter(({ key }) => key === token)
    .map(({ name }) => `admin.token: is also the key of the client "${name}"; take another one`);
}

interface Address {
  host: string;
  port: number;
}

/** Two listeners cannot have one port; the admin API would be missing from a server that runs. Port 0 is any free one. */
export function portProblems({ host, port }: Address, admin: Admin): string[] {
  const isSamePort = admin.enabled && port !== 0 && admin.port === port;
  const isShared = admin.host === host || isEverywhere(admin.host, host) || isEverywhere(host, admin.host);
  return isSamePort && isShared ? [`admin.port: is ${port}, as server.port is; take another port for one of them`] : [];
}

function isEverywhere(host: string, other: string): boolean {
  return host === '::' || (host === '0.0.0.0' && !other.includes(':'));
}
