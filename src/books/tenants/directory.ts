/** The tenants and keys of one moment, worked out so that a request is a look-up. */
import type { Caller, KnownKey } from '../../core/caller.ts';
import type { Scope } from '../spending/claim.ts';
import { ancestryOf, type Family } from './ancestry.ts';
import type { Book, KeySecret, Tenant, VirtualKey } from './book.ts';
import { EVERYTHING, narrow, type Rights } from './narrow.ts';

/** A caller whose limits and budgets are known. */
export interface KnownCaller extends Caller {
  scopes: readonly Scope[];
}

/** What a request draws on: its key, the keys above that one, its tenant, the tenants above that one. */
export function scopesOf(caller: Caller): readonly Scope[] {
  return 'scopes' in caller ? (caller as KnownCaller).scopes : [];
}

export interface Directory {
  /** By the SHA-256 of the secret, in hexadecimal. */
  known: ReadonlyMap<string, KnownKey>;
  tenants: ReadonlyMap<string, Tenant>;
  /** By id. */
  keys: ReadonlyMap<string, VirtualKey>;
  /** What is wrong; whoever it is wrong with is not let in. */
  problems: readonly string[];
  /** Of every tenant and key; the books take the same object for the same declaration. */
  scopes: ReadonlyMap<string, Scope>;
}

/** Of two of the same name the first counts: what the configuration declares stands before what is stored. */
export function createDirectory({ tenants, keys }: Book, before?: Pick<Directory, 'scopes'>): Directory {
  return new Draft(before?.scopes ?? new Map()).write(tenants, keys);
}

class Draft {
  readonly #before: ReadonlyMap<string, Scope>;
  readonly #scopes = new Map<string, Scope>();
  readonly #problems: string[] = [];
  readonly #tenants = new Map<string, Tenant>();
  readonly #keys = new Map<string, VirtualKey>();
  readonly #rightsOfTenants = new Map<string, Rights>();
  readonly #known = new Map<string, KnownKey>();
  readonly #tenantFamily: Family<Tenant> = {
    kind: 'tenant',
    find: (name) => this.#tenants.get(name),
    parentOf: ({ parent }) => parent,
  };
  readonly #keyFamily: Family<VirtualKey> = {
    kind: 'key',
    find: (id) => this.#keys.get(id),
    parentOf: ({ parent }) => parent,
  };

  constructor(before: ReadonlyMap<string, Scope>) {
    this.#before = before;
  }

  write(tenants: readonly Tenant[], keys: readonly VirtualKey[]): Directory {
    for (const tenant of tenants) {
      if (this.#tenants.has(tenant.name)) this.#problem('tenants', tenant.name, 'there is another one of this name');
      else this.#tenants.set(tenant.name, tenant);
    }
    for (const tenant of this.#tenants.values()) this.#addTenant(tenant);
    const names = new Set<string>();
    for (const key of keys) {
      if (this.#keys.has(key.id) || names.has(key.name)) {
        this.#problem('keys', key.name, 'there is another one of this name');
        continue;
      }
      names.add(key.name);
      this.#keys.set(key.id, key);
    }
    for (const key of this.#keys.values()) this.#addKey(key);
    return {
      known: this.#known,
      tenants: this.#tenants,
      keys: this.#keys,
      problems: this.#problems,
      scopes: this.#scopes,
    };
  }

  #addTenant(tenant: Tenant): void {
    const { name } = tenant;
    const ancestry = ancestryOf(name, tenant, this.#tenantFamily);
    if (!ancestry.isRight) return this.#problem('tenants', name, `parent: ${ancestry.problem}`);
    const line = [tenant, ...ancestry.above];
    const rights = line.reduceRight<Rights>(
      (above, each) => narrow(above, each, this.#scope('tenant', each)),
      EVERYTHING,
    );
    this.#rightsOfTenants.set(name, rights);
  }

  #addKey(key: VirtualKey): void {
    const { id, name, secrets } = key;
    const ancestry = ancestryOf(id, key, this.#keyFamily);
    if (!ancestry.isRight) return this.#problem('keys', name, `parent: ${ancestry.problem}`);
    const line = [key, ...ancestry.above];
    const { tenant } = line.at(-1) ?? key; // Whatever a key makes belongs to that key's tenant.
    const theirs = tenant === undefined ? EVERYTHING : this.#rightsOfTenants.get(tenant);
    if (!theirs) return this.#problem('keys', name, `tenant: there is no tenant "${tenant}" that is in order`);
    const rights = line.reduceRight<Rights>((above, each, place) => {
      const priority = each.priority ?? (place === line.length - 1 ? 'normal' : undefined);
      return narrow(above, { ...each, priority }, this.#scope('key', each));
    }, theirs);
    const scopes = rights.scopes.filter(({ limits, budgets }) => limits !== undefined || budgets !== undefined);
    const parents = theirs.scopes.slice(1).map((scope) => scope.name);
    for (const secret of secrets) this.#addSecret(secret, { id, name, tenant, parents }, { ...rights, scopes });
  }

  #addSecret(
    { hash, prefix, untilMs }: KeySecret,
    who: Pick<Caller, 'id' | 'name' | 'tenant' | 'parents'>,
    { expiresAtMs, revokedAtMs, ...rights }: Rights,
  ): void {
    if (this.#known.has(hash)) return this.#problem('keys', who.name, 'another key has the same secret');
    const { priority, ceilings, allowed, tags, owner, scopes } = rights;
    const caller: KnownCaller = { ...who, prefix, priority, ceilings, allowed, tags, owner, scopes };
    this.#known.set(hash, {
      caller,
      hash: bytesOf(hash),
      expiresAtMs: untilMs === undefined ? expiresAtMs : Math.min(untilMs, expiresAtMs ?? Infinity),
      revokedAtMs,
    });
  }

  #scope(kind: 'key' | 'tenant', { name, limits, budgets }: Tenant | VirtualKey): Scope {
    const id = `${kind} ${name}`;
    const made = this.#scopes.get(id);
    if (made) return made;
    const before = this.#before.get(id);
    const isSame = before && JSON.stringify([before.limits, before.budgets]) === JSON.stringify([limits, budgets]);
    const scope: Scope = isSame ? before : { kind, name, limits, budgets };
    this.#scopes.set(id, scope);
    return scope;
  }

  #problem(list: 'tenants' | 'keys', name: string, problem: string): void {
    this.#problems.push(`${list}.${name}: ${problem}`);
  }
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, index) =>
    Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16),
  );
}
