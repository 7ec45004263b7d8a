/** Where a schema points into itself, and whether it thereby contains itself. */
import { GatewayError } from '../../src/core/errors.ts';
import type { Schema } from './schema-merge.ts';

export const ROOT = '#';

export interface Definition {
  /** Its key under `$defs` in the compiled schema. */
  name: string;
  schema: unknown;
}

/** Of one compilation: the definitions that are in use, and who uses whom. */
export class References {
  readonly #root: Schema;
  readonly #param: string;
  readonly #byPointer = new Map<string, Definition>();
  readonly #names = new Set<string>();
  readonly #uses = new Map<string, { name: string; optional: boolean }[]>();

  constructor(root: Schema, param: string) {
    this.#root = root;
    this.#param = param;
  }

  /** In the order of their first use; grows while it is walked. */
  get definitions(): IterableIterator<Definition> {
    return this.#byPointer.values();
  }

  /** Notes that `owner` contains what `pointer` names, and returns the pointer in the compiled schema. */
  use(pointer: string, owner: string, optional: boolean): string {
    const target = pointer === ROOT ? undefined : this.#define(pointer);
    const name = target?.name ?? ROOT;
    const uses = this.#uses.get(owner) ?? [];
    uses.push({ name, optional });
    this.#uses.set(owner, uses);
    return target ? `#/$defs/${name}` : ROOT;
  }

  resolve(pointer: string): unknown {
    if (pointer !== ROOT && !pointer.startsWith('#/')) {
      throw new GatewayError('unsupported', 'A schema can only refer to its own parts', { param: this.#param });
    }
    const found = pointedAt(this.#root, pointer);
    if (found !== undefined) return found;
    throw new GatewayError('invalid_request', `The schema has nothing at ${pointer.slice(0, 80)}`, {
      param: this.#param,
    });
  }

  /** Whether a definition contains itself. `optionalEndsIt`: not if a property on the way may be left out. */
  isRecursive(optionalEndsIt: boolean): boolean {
    const uses = [...this.#uses].map(([owner, used]) => {
      const names = used.filter((use) => !(use.optional && optionalEndsIt)).map((use) => use.name);
      return [owner, names] as const;
    });
    return hasCycle(new Map(uses));
  }

  #define(pointer: string): Definition {
    const known = this.#byPointer.get(pointer);
    if (known) return known;
    const schema = this.resolve(pointer);
    const definition = { name: this.#freeName(steps(pointer)), schema };
    this.#names.add(definition.name);
    this.#byPointer.set(pointer, definition);
    return definition;
  }

  #freeName(path: readonly string[]): string {
    const own = path.length === 2 && /^(?:\$defs|definitions)$/.test(path[0] ?? '') ? path.slice(1) : path;
    const wanted = own.join('_').replace(/[^A-Za-z0-9_.-]/g, '_') || 'definition';
    let name = wanted;
    for (let count = this.#names.size; this.#names.has(name); count++) name = `${wanted}_${count}`;
    return name;
  }
}

/** What a pointer into this very schema names; undefined where there is nothing. */
export function pointedAt(root: Schema, pointer: string): unknown {
  let found: unknown = root;
  for (const step of steps(pointer)) {
    const isInside = typeof found === 'object' && found !== null && Object.hasOwn(found, step);
    found = isInside ? Reflect.get(found as object, step) : undefined;
  }
  return found;
}

/** Takes away what nobody uses, again and again; what is left over uses itself. No recursion: chains may be long. */
function hasCycle(uses: ReadonlyMap<string, readonly string[]>): boolean {
  const users = new Map([...uses.keys()].map((name) => [name, 0]));
  for (const name of [...uses.values()].flat()) users.set(name, (users.get(name) ?? 0) + 1);
  const unused = [...users].filter(([, count]) => count === 0).map(([name]) => name);
  for (const owner of unused) {
    for (const name of uses.get(owner) ?? []) {
      const left = (users.get(name) ?? 0) - 1;
      users.set(name, left);
      if (left === 0) unused.push(name);
    }
  }
  return unused.length < users.size;
}

/** The steps of a JSON pointer in a URL's fragment. */
function steps(pointer: string): string[] {
  const path = pointer.slice(1).split('/').slice(1);
  return path.map((step) => decoded(step).replaceAll('~1', '/').replaceAll('~0', '~'));
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step; // Written without escapes, as many do.
  }
}
