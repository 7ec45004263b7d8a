import type { MiddlewareHandler } from 'hono';
import { GatewayError } from '../core/errors.ts';
import type { KeyCheck } from '../http/authenticate.ts';
import type { AdminSources } from './sources.ts';

export interface Lock {
  /** Of the operator's token. */
  hash: Uint8Array;
  check: KeyCheck;
}

const MAX_CHARACTERS = 512;

/**
 * Nothing is answered to whoever has not the token, not even whether there is something: no path is open. The token
 * comes in one header only; what stands in addresses is kept by logs, histories and proxies.
 */
export function guard({ hash, check }: Lock, { directory }: Pick<AdminSources, 'directory'>): MiddlewareHandler {
  return (c, next) => {
    const secret = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    if (secret === undefined || secret.length > MAX_CHARACTERS) {
      throw refused('Send the admin token as "Authorization: Bearer <token>"');
    }
    const given = check.hash(secret);
    if (!check.same(hash, given)) throw refused('This is not the admin token; the configuration or the banner has it');
    if (directory.directory.find(check.hex(given))) {
      throw refused('The admin token is the key of a client, too; set `admin.token` to one of its own');
    }
    return next();
  };
}

function refused(message: string): GatewayError {
  return new GatewayError('unauthenticated', message, { code: 'invalid_admin_token' });
}
