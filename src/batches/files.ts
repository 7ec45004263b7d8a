/** The files that clients keep here for their batches, and those that their batches leave. */
import { GatewayError } from '../core/errors.ts';
import type { ObjectStore } from '../core/objects.ts';
import type { Form } from '../doors/form.ts';
import { byteLength, deleteParts, partIds, PartWriter, readPart, type Shelf } from './parts.ts';
import type { BatchPorts } from './terms.ts';

/** As OpenAI's API says it. */
export interface FileObject {
  id: string;
  object: 'file';
  bytes: number;
  created_at: number;
  expires_at: number;
  filename: string;
  purpose: string;
  status: 'processed';
}

export interface Upload {
  filename: string;
  content: string;
  expiresInMs: number | undefined;
}

const MIN_EXPIRES_S = 3_600;
const MAX_EXPIRES_S = 2_592_000;

/** Throws `invalid_request` that names the field. */
export function uploadOf(form: Form): Upload {
  const purpose = form.text('purpose');
  if (purpose !== 'batch') {
    const asked = purpose === undefined ? 'it is missing' : `not "${purpose.slice(0, 50)}"`;
    throw wrong('purpose', `this router keeps files for batches only: purpose must be "batch", ${asked}`);
  }
  const file = form.parts.find(({ name }) => name === 'file');
  if (!file) throw wrong('file', 'is missing');
  const text = form.textOf(file);
  if (text.trim() === '') throw wrong('file', 'is empty');
  const content = text.endsWith('\n') ? text : `${text}\n`;
  return { filename: nameOf(file.filename), content, expiresInMs: expiryOf(form.text('expires_after[seconds]')) };
}

/** Never a path, and nothing that a terminal would act on. */
function nameOf(filename = 'batch.jsonl'): string {
  return (
    filename
      .replace(/^.*[/\\]/, '')
      .replace(/[^\x20-\x7e]/g, '_')
      .slice(0, 200) || 'batch.jsonl'
  );
}

function expiryOf(seconds: string | undefined): number | undefined {
  if (seconds === undefined) return undefined;
  const value = Number(seconds);
  if (/^\d+$/.test(seconds) && value >= MIN_EXPIRES_S && value <= MAX_EXPIRES_S) return value * 1_000;
  throw wrong('expires_after.seconds', `must be ${MIN_EXPIRES_S} to ${MAX_EXPIRES_S}`);
}

export class Files {
  readonly #ports: BatchPorts;

  constructor(ports: BatchPorts) {
    this.#ports = ports;
  }

  get maxFileBytes(): number {
    return this.#ports.rules.maxFileBytes;
  }

  async create(owner: string, { filename, content, expiresInMs }: Upload): Promise<FileObject> {
    const { clock, rules, newId } = this.#ports;
    const bytes = byteLength(content);
    await this.#refuseTooMany(owner, bytes);
    const id = newId('file-', 24);
    const createdAtMs = clock.now();
    const expiresAtMs = createdAtMs + Math.min(expiresInMs ?? rules.keepMs, rules.keepMs);
    const shelf = this.shelf(owner, createdAtMs, expiresAtMs);
    const parts = await shelve(shelf, id, content);
    return this.put({ id, owner, filename, purpose: 'batch', bytes, createdAtMs, expiresAtMs }, parts);
  }

  shelf(owner: string, createdAtMs: number, expiresAtMs: number): Shelf {
    const { store, rules } = this.#ports;
    return { store, owner, createdAtMs, expiresAtMs, partCharacters: rules.partCharacters };
  }

  /** A file of parts that are there already. */
  async put(file: NewFile, parts: readonly string[]): Promise<FileObject> {
    const { id, owner, bytes, filename, purpose, createdAtMs, expiresAtMs } = file;
    const told: FileObject = {
      id,
      object: 'file',
      bytes,
      created_at: Math.floor(createdAtMs / 1_000),
      expires_at: Math.floor(expiresAtMs / 1_000),
      filename,
      purpose,
      status: 'processed',
    };
    const head = JSON.stringify(told);
    await this.#store.put({ owner, id, kind: 'file', createdAtMs, expiresAtMs, head, body: JSON.stringify(parts) });
    return told;
  }

  /** Throws 404 where there is none of this owner. `param`: what the client calls it. */
  async get(owner: string, id: string, param = 'file_id'): Promise<FileObject> {
    return headOf((await this.#found(owner, id, param)).head);
  }

  /** Piece by piece, whole lines each. Throws at once where there is none, later where a part has gone. */
  async content(owner: string, id: string): Promise<{ file: FileObject; pieces: () => AsyncGenerator<string, void> }> {
    const { head, body } = await this.#found(owner, id);
    const { clock } = this.#ports;
    const store = this.#store;
    async function* pieces(): AsyncGenerator<string, void> {
      for (const part of JSON.parse(body) as string[]) {
        const text = await readPart(store, owner, part, clock.now());
        if (text === undefined) throw new GatewayError('internal', `A part of the file ${id} is gone`);
        yield text;
      }
    }
    return { file: headOf(head), pieces };
  }

  async delete(owner: string, id: string): Promise<void> {
    const { body } = await this.#found(owner, id);
    await this.#store.delete(owner, id);
    await deleteParts(this.#store, owner, JSON.parse(body) as string[]);
  }

  async list(owner: string, wanted: Listing): Promise<{ data: FileObject[]; hasMore: boolean }> {
    const { order, limit, purpose } = wanted;
    const { maxFiles } = this.#ports.rules;
    const fitting: FileObject[] = [];
    let { after } = wanted;
    let isMore = true;
    while (isMore && fitting.length <= limit) {
      const page = await this.#page(owner, order, after);
      fitting.push(...page.filter((file) => purpose === undefined || file.purpose === purpose));
      after = page.at(-1)?.id;
      isMore = page.length === maxFiles; // Results are not refused where uploads are.
    }
    return { data: fitting.slice(0, limit), hasMore: fitting.length > limit };
  }

  async #page(owner: string, order: 'desc' | 'asc', after?: string): Promise<FileObject[]> {
    const { clock, rules } = this.#ports;
    const page = { order, limit: rules.maxFiles, after };
    return (await this.#store.list(owner, 'file', page, clock.now())).map(({ head }) => headOf(head));
  }

  async #refuseTooMany(owner: string, bytes: number): Promise<void> {
    const { maxFileBytes, maxFiles, maxStoredBytes } = this.#ports.rules;
    if (bytes > maxFileBytes) {
      throw new GatewayError('request_too_large', `The file has ${bytes} bytes; at most ${maxFileBytes} are taken`);
    }
    const all = await this.#page(owner, 'desc');
    const stored = all.reduce((sum, file) => sum + file.bytes, 0);
    if (all.length < maxFiles && stored + bytes <= maxStoredBytes) return;
    const message = `You have ${all.length} files of ${stored} bytes here; at most ${maxFiles} of ${maxStoredBytes} are kept. Delete some`;
    throw new GatewayError('request_too_large', message, { code: 'storage_full' });
  }

  async #found(owner: string, id: string, param = 'file_id'): Promise<{ head: string; body: string }> {
    const found = await this.#store.get(owner, id, this.#ports.clock.now());
    if (found?.kind === 'file') return found;
    throw notFound('File', id, param);
  }

  get #store(): ObjectStore {
    return this.#ports.store;
  }
}

export interface Listing {
  order: 'desc' | 'asc';
  limit: number;
  after?: string | undefined;
  purpose?: string | undefined;
}

export interface NewFile {
  id: string;
  owner: string;
  filename: string;
  purpose: string;
  bytes: number;
  createdAtMs: number;
  expiresAtMs: number;
}

/** Cut at line ends. */
async function shelve(shelf: Shelf, id: string, content: string): Promise<string[]> {
  const writer = new PartWriter(shelf, id);
  for (let from = 0; from < content.length;) {
    const target = content.lastIndexOf('\n', from + shelf.partCharacters) + 1;
    const end = target > from ? target : content.indexOf('\n', from) + 1 || content.length;
    await writer.add(content.slice(from, end));
    from = end;
  }
  await writer.flush();
  return partIds(id, writer.parts);
}

function headOf(head: string): FileObject {
  return JSON.parse(head) as FileObject; // Written above.
}

export function notFound(what: string, id: string, param: string): GatewayError {
  const message = `No such ${what} object: ${id.slice(0, 100)}`;
  return new GatewayError('invalid_request', message, { status: 404, code: 'not_found', param });
}

function wrong(param: string, what: string): GatewayError {
  return new GatewayError('invalid_request', `${param}: ${what}`, { param });
}
