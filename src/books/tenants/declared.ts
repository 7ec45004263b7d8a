/** What the configuration declares, as a book. */
import type { Book, Share, Tenant, VirtualKey } from './book.ts';
import { prefixOf } from './issue.ts';

export interface DeclaredTenant extends Share {
  parent?: string | undefined;
}

export interface DeclaredKey extends Share {
  name: string;
  /** The secret. */
  key: string;
  tenant?: string | undefined;
  owner?: string | undefined;
  priority?: VirtualKey['priority'];
  /** ISO 8601. */
  expiresAt?: string | undefined;
}

export interface Declared {
  tenants: Readonly<Record<string, DeclaredTenant>>;
  keys: readonly DeclaredKey[];
}

/** `hash` is SHA-256, in hexadecimal. A key's id is its name. */
export function declaredBook({ tenants, keys }: Declared, hash: (secret: string) => string): Book {
  return {
    tenants: Object.entries(tenants).map(([name, tenant]): Tenant => ({ ...tenant, name })),
    keys: keys.map(({ key: secret, expiresAt, ...key }) => ({
      ...key,
      id: key.name,
      createdAtMs: 0,
      expiresAtMs: expiresAt === undefined ? undefined : Date.parse(expiresAt),
      secrets: [{ hash: hash(secret), prefix: prefixOf(secret) }],
    })),
  };
}
