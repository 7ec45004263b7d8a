/** Text that is too long for one object is kept in parts, whole lines each, so that nobody holds all of it at once. */
import type { ObjectStore } from '../core/objects.ts';

export interface Shelf {
  store: ObjectStore;
  owner: string;
  createdAtMs: number;
  expiresAtMs: number;
  partCharacters: number;
}

/** Apart from what is listed: no owner has such a name. */
export function shelfOwner(owner: string): string {
  return `parts:${owner}`;
}

/** Appends lines; what is not `flush`ed is not kept. */
export class PartWriter {
  readonly #shelf: Shelf;
  readonly #name: string;
  #text: string;
  #written: number;
  #bytes = 0;
  #isKept = true;

  /** Goes on behind so many parts (of so many bytes, together with `text`), with the text of one that is not full. */
  constructor(shelf: Shelf, name: string, { written = 0, text = '', bytes = 0 } = {}) {
    this.#shelf = shelf;
    this.#name = name;
    this.#written = written;
    this.#text = text;
    this.#bytes = bytes;
  }

  /** With the one that is not full. */
  get parts(): number {
    return this.#written + (this.#text === '' ? 0 : 1);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** With its line end. */
  async add(line: string): Promise<void> {
    if (this.#text !== '' && this.#text.length + line.length > this.#shelf.partCharacters) {
      await this.flush();
      this.#written++;
      this.#text = '';
    }
    this.#text += line;
    this.#isKept = false;
    this.#bytes += byteLength(line);
  }

  /** The same part again, as long as it is not full. */
  async flush(): Promise<void> {
    if (this.#isKept) return;
    const { store, owner, createdAtMs, expiresAtMs } = this.#shelf;
    const id = partId(this.#name, this.#written);
    await store.put({
      owner: shelfOwner(owner),
      id,
      kind: 'file',
      createdAtMs,
      expiresAtMs,
      head: '{}',
      body: this.#text,
    });
    this.#isKept = true;
  }
}

export function partId(name: string, number: number): string {
  return `${name}.${number}`;
}

export function partIds(name: string, parts: number): string[] {
  return Array.from({ length: parts }, (_, number) => partId(name, number));
}

/** Undefined: it is gone. */
export async function readPart(
  store: ObjectStore,
  owner: string,
  id: string,
  nowMs: number,
): Promise<string | undefined> {
  return (await store.get(shelfOwner(owner), id, nowMs))?.body;
}

export async function deleteParts(store: ObjectStore, owner: string, ids: readonly string[]): Promise<void> {
  for (const id of ids) await store.delete(shelfOwner(owner), id);
}

const utf8 = new TextEncoder();

export function byteLength(text: string): number {
  return utf8.encode(text).byteLength;
}
