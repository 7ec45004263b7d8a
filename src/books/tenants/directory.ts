/**
 * The tenants and keys of one moment. What a key may do is worked out when it is first asked for and kept, so that a
 * request is a look-up and a change among many thousand keys holds up nobody.
 */
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

interface Owned {
  key: VirtualKey;
  secret: KeySecret;
}

/** Of two of the same name the first counts: what is declared stands before what is stored. `before` knows scopes. */
export function createDirectory(book: Book, before?: Directory): Directory {
  return new Directory(book, before);
}

export class Directory {
  readonly tenants: ReadonlyMap<string, Tenant>;
  /** By id. */
  readonly keys: ReadonlyMap<string, VirtualKey>;
  /** What is wrong; whoever it is wrong with is not let in. */
  readonly problems: readonly string[];
  readonly #tenantFamily: Family<Tenant>;
  readonly #keyFamily: Family<VirtualKey>;
  readonly #secrets = new Map<string, Owned>();
  readonly #known = new Map<string, KnownKey>();
  readonly #rightsOfTenants = new Map<string, Rights>();
  /** By whose they are: the books take the same object for the same declaration. */
  readonly #scopes: Map<string, Scope>;

  constructor(book: Book, before?: Directory) {
    const problems: string[] = [];
    const tenants = firstOfEach(
      book.tenants,
      ({ name }) => [name],
      (tenant) => problems.push(taken('tenants', tenant)),
    );
    const keys = firstOfEach(
      book.keys,
      ({ id, name }) => [id, name],
      (key) => problems.push(taken('keys', key)),
    );
    this.tenants = new Map(tenants.map((tenant) => [tenant.name, tenant]));
    this.keys = new Map(keys.map((key) => [key.id, key]));
    this.problems = problems;
    this.#tenantFamily = { kind: 'tenant', find: (name) => this.tenants.get(name), parentOf: ({ parent }) => parent };
    this.#keyFamily = { kind: 'key', find: (id) => this.keys.get(id), parentOf: ({ parent }) => parent };
    const wrong = new Set<string>();
    for (const tenant of tenants) {
      const problem = this.#wrongWithTenant(tenant);
      if (problem === undefined) continue;
      wrong.add(tenant.name);
      problems.push(`tenants.${tenant.name}: ${problem}`);
    }
    for (const key of keys) {
      const problem = this.#wrongWithKey(key, wrong) ?? this.#keepSecrets(key);
      if (problem !== undefined) problems.push(`keys.${key.name}: ${problem}`);
    }
    const names = new Set([...tenants.map(({ name }) => `tenant ${name}`), ...keys.map(({ name }) => `key ${name}`)]);
    this.#scopes = new Map([...(before ? before.#scopes : [])].filter(([name]) => names.has(name)));
  }

  /** By the SHA-256 of a secret, in hexadecimal. */
  find(hash: string): KnownKey | undefined {
    const known = this.#known.get(hash);
    if (known) return known;
    const owned = this.#secrets.get(hash);
    if (!owned) return undefined;
    const made = this.#knownKey(hash, owned);
    this.#known.set(hash, made);
    return made;
  }

  /** Whose a key is: whatever a key makes belongs to that key's tenant. */
  tenantOf(key: VirtualKey): string | undefined {
    return (lineOf(key.id, key, this.#keyFamily).at(-1) ?? key).tenant;
  }

  /** What a key may do, with all that stands above it. Only of one that nothing is wrong with. */
  rightsOfKey(key: VirtualKey): Rights {
    const line = lineOf(key.id, key, this.#keyFamily);
    const { tenant } = line.at(-1) ?? key;
    const top = tenant === undefined ? EVERYTHING : this.rightsOfTenant(tenant);
    return line.reduceRight<Rights>((above, each, place) => {
      const priority = each.priority ?? (place === line.length - 1 ? 'normal' : undefined);
      return narrow(above, { ...each, priority }, this.#scope('key', each));
    }, top);
  }

  rightsOfTenant(name: string): Rights {
    const known = this.#rightsOfTenants.get(name);
    if (known) return known;
    const tenant = this.tenants.get(name);
    const line = tenant ? lineOf(name, tenant, this.#tenantFamily) : [];
    const rights = line.reduceRight<Rights>(
      (above, each) => narrow(above, each, this.#scope('tenant', each)),
      EVERYTHING,
    );
    this.#rightsOfTenants.set(name, rights);
    return rights;
  }

  #wrongWithTenant(tenant: Tenant): string | undefined {
    const ancestry = ancestryOf(tenant.name, tenant, this.#tenantFamily);
    return ancestry.isRight ? undefined : `parent: ${ancestry.problem}`;
  }

  #wrongWithKey(key: VirtualKey, wrong: ReadonlySet<string>): string | undefined {
    const ancestry = ancestryOf(key.id, key, this.#keyFamily);
    if (!ancestry.isRight) return `parent: ${ancestry.problem}`;
    const { tenant } = ancestry.above.at(-1) ?? key; // Whatever a key makes belongs to that key's tenant.
    const isRight = tenant === undefined || (this.tenants.has(tenant) && !wrong.has(tenant));
    return isRight ? undefined : `tenant: there is no tenant "${tenant}" that is in order`;
  }

  #keepSecrets(key: VirtualKey): string | undefined {
    let problem: string | undefined;
    for (const secret of key.secrets) {
      if (this.#secrets.has(secret.hash)) problem = 'another key has the same secret';
      else this.#secrets.set(secret.hash, { key, secret });
    }
    return problem;
  }

  #knownKey(hash: string, { key, secret: { prefix, untilMs } }: Owned): KnownKey {
    const { expiresAtMs, revokedAtMs, scopes: all, ...rights } = this.rightsOfKey(key);
    const tenants = all.filter(({ kind }) => kind === 'tenant').map(({ name }) => name);
    const caller: KnownCaller = {
      id: key.id,
      name: key.name,
      prefix,
      tenant: tenants[0],
      parents: tenants.slice(1),
      ...rights,
      scopes: all.filter(({ limits, budgets }) => limits !== undefined || budgets !== undefined),
    };
    const lastMs = Math.min(untilMs ?? Infinity, expiresAtMs ?? Infinity);
    return { caller, hash: bytesOf(hash), expiresAtMs: lastMs === Infinity ? undefined : lastMs, revokedAtMs };
  }

  #scope(kind: 'key' | 'tenant', { name, limits, budgets }: Tenant | VirtualKey): Scope {
    const id = `${kind} ${name}`;
    const known = this.#scopes.get(id);
    if (known && JSON.stringify([known.limits, known.budgets]) === JSON.stringify([limits, budgets])) return known;
    const scope: Scope = { kind, name, limits, budgets };
    this.#scopes.set(id, scope);
    return scope;
  }
}

/** `member` and all above it, nearest first. */
function lineOf<T>(name: string, member: T, family: Family<T>): readonly T[] {
  const ancestry = ancestryOf(name, member, family);
  return ancestry.isRight ? [member, ...ancestry.above] : [member];
}

function firstOfEach<T>(all: readonly T[], namesOf: (one: T) => string[], onOther: (other: T) => void): T[] {
  const names = new Set<string>();
  return all.filter((one) => {
    const own = namesOf(one);
    const isFirst = !own.some((name) => names.has(name));
    if (isFirst) for (const name of own) names.add(name);
    else onOther(one);
    return isFirst;
  });
}

function taken(list: 'tenants' | 'keys', { name }: { name: string }): string {
  return `${list}.${name}: there is another one of this name`;
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, index) =>
    Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16),
  );
}
