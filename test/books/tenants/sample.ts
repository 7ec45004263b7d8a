/** Keys and tenants in little. A key's secret is `secret-of-` and its name. */
import type { BookStore, StoredBook, Tenant, VirtualKey } from '../../../src/books/tenants/book.ts';
import { hashKey, hexOf } from '../../../src/platform/key-hash.ts';

export const START_MS = Date.UTC(2026, 10, 1);

export const hash = (secret: string): string => hexOf(hashKey(secret));

export function virtualKey(name: string, more: Partial<VirtualKey> = {}): VirtualKey {
  return { id: `key_${name}`, name, createdAtMs: START_MS, secrets: [{ hash: hash(`secret-of-${name}`) }], ...more };
}

export function tenant(name: string, more: Partial<Tenant> = {}): Tenant {
  return { name, ...more };
}

/** A store that is what the test makes of it. */
export class FakeStore implements Pick<BookStore, 'ready' | 'version' | 'load'> {
  book: StoredBook = { version: 0, tenants: [], keys: [], problems: [] };
  /** Why it answers nothing. */
  dead: Error | undefined;
  loads = 0;
  /** How often it was asked for its version. */
  versions = 0;
  /** Holds readings up until it is resolved. */
  gate: Promise<void> = Promise.resolve();
  slowLoad: Promise<void> = Promise.resolve();

  change(book: Partial<StoredBook>): void {
    this.book = { ...this.book, ...book, version: this.book.version + 1 };
  }

  async ready(): Promise<void> {
    await this.gate;
    if (this.dead) throw this.dead;
  }

  async version(): Promise<number> {
    const { version } = this.book;
    this.versions++;
    await this.gate;
    return version;
  }

  async load(): Promise<StoredBook> {
    this.loads++;
    const { book } = this;
    await this.slowLoad;
    return book;
  }
}
