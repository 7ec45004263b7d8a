/**
 * A form as it came (RFC 7578), read only as far as somebody asks: parts are places in the bytes, and a form whose
 * model has another name is the same bytes but for that name.
 */
import { GatewayError } from '../core/errors.ts';
import type { Content } from '../core/task.ts';

export interface Part {
  /** Without the `[]` that SDKs put behind the names of lists. */
  name: string;
  /** Undefined for what is no file. */
  filename: string | undefined;
  type: string | undefined;
  /** The value, in the form's bytes. */
  start: number;
  end: number;
}

const MAX_PARTS = 128;
const MAX_HEAD_BYTES = 4_096;
const utf8 = new TextEncoder();

export class Form {
  readonly parts: readonly Part[];
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #type: string;

  /** Throws `invalid_request` for what is no form. */
  constructor(bytes: Uint8Array<ArrayBuffer>, contentType: string) {
    this.#bytes = bytes;
    this.#type = contentType;
    this.parts = partsOf(bytes, boundaryOf(contentType));
  }

  /** Throws `invalid_request` where it is said twice: which of the two a provider goes by, nobody here knows. */
  text(name: string): string | undefined {
    const part = only(
      name,
      this.parts.filter((each) => each.name === name && each.filename === undefined),
    );
    return part && this.textOf(part);
  }

  /** Throws as `text` does. */
  file(name: string): Part | undefined {
    return only(name, this.files(name));
  }

  textOf({ start, end }: Part): string {
    return new TextDecoder().decode(this.#bytes.subarray(start, end));
  }

  files(name: string): Part[] {
    return this.parts.filter((part) => part.name === name && part.filename !== undefined);
  }

  bytesOf({ start, end }: Part): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(start, end);
  }

  /** The same form with another value in this field; unchanged where it has none. */
  with(name: string, value: string): Content {
    const part = this.parts.find((each) => each.name === name && each.filename === undefined);
    const body = part ? this.#spliced(part, utf8.encode(value)) : this.#bytes;
    return { type: this.#type, body };
  }

  #spliced({ start, end }: Part, value: Uint8Array): Uint8Array<ArrayBuffer> {
    const spliced = new Uint8Array(this.#bytes.length - (end - start) + value.length);
    spliced.set(this.#bytes.subarray(0, start));
    spliced.set(value, start);
    spliced.set(this.#bytes.subarray(end), start + value.length);
    return spliced;
  }
}

function only(name: string, [part, another]: readonly Part[]): Part | undefined {
  if (another) throw new GatewayError('invalid_request', `${name}: it is said twice`, { param: name });
  return part;
}

function boundaryOf(contentType: string): string {
  const [, quoted, plain] =
    /^multipart\/form-data\s*;.*?boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary !== undefined) return boundary;
  throw new GatewayError('invalid_request', 'Send the body as multipart/form-data with a boundary');
}

function partsOf(bytes: Uint8Array, boundary: string): Part[] {
  const first = utf8.encode(`--${boundary}`);
  const next = utf8.encode(`\r\n--${boundary}`);
  const gap = utf8.encode('\r\n\r\n');
  const parts: Part[] = [];
  let at = indexOf(bytes, first, 0);
  if (at < 0) throw broken();
  at += first.length;
  while (!isLast(bytes, at)) {
    const headEnd = indexOf(bytes, gap, at);
    const end = indexOf(bytes, next, Math.max(headEnd, at) + gap.length);
    if (headEnd < 0 || end < 0 || headEnd - at > MAX_HEAD_BYTES) throw broken();
    if (parts.length === MAX_PARTS) throw new GatewayError('invalid_request', `A form has at most ${MAX_PARTS} fields`);
    parts.push({ ...headOf(new TextDecoder().decode(bytes.subarray(at, headEnd))), start: headEnd + gap.length, end });
    at = end + next.length;
  }
  return parts;
}

const DASH = 45;

function isLast(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === DASH && bytes[at + 1] === DASH;
}

function headOf(head: string): Pick<Part, 'name' | 'filename' | 'type'> {
  const disposition = /^content-disposition:(.*)$/im.exec(head)?.[1] ?? '';
  const name = valueOf(disposition, 'name');
  if (name === undefined) throw broken();
  return {
    name: name.replace(/\[\d*\]$/, ''),
    filename: valueOf(disposition, 'filename'),
    type: /^content-type:\s*([^\s;]+)/im.exec(head)?.[1],
  };
}

function valueOf(disposition: string, field: 'name' | 'filename'): string | undefined {
  const found = new RegExp(`;\\s*${field}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s;]+))`, 'i').exec(disposition);
  return (found?.[1] ?? found?.[2])?.replaceAll('%22', '"').replaceAll('\\"', '"');
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  const [head = 0] = wanted;
  for (let at = bytes.indexOf(head, from); at >= 0; at = bytes.indexOf(head, at + 1)) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}

function broken(): GatewayError {
  return new GatewayError('invalid_request', 'The body is not the form that its content type promises');
}
