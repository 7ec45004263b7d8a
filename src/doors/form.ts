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
    const part = this.#only(name);
    return part && part.filename === undefined ? this.textOf(part) : undefined;
  }

  /** Throws as `text` does. */
  file(name: string): Part | undefined {
    const part = this.#only(name);
    return part?.filename === undefined ? undefined : part;
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

  #only(name: string): Part | undefined {
    const [part, another] = this.parts.filter((each) => each.name === name);
    if (another) throw new GatewayError('invalid_request', `${name}: it is said twice`, { param: name });
    return part;
  }

  #spliced({ start, end }: Part, value: Uint8Array): Uint8Array<ArrayBuffer> {
    const spliced = new Uint8Array(this.#bytes.length - (end - start) + value.length);
    spliced.set(this.#bytes.subarray(0, start));
    spliced.set(value, start);
    spliced.set(this.#bytes.subarray(end), start + value.length);
    return spliced;
  }
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

/** What another reader might read otherwise is refused: it is the provider who goes by it. */
function headOf(head: string): Pick<Part, 'name' | 'filename' | 'type'> {
  const lines = head.split('\r\n').slice(1); // Behind the boundary's own.
  const [disposition, another] = lines.filter((line) => /^content-disposition[ \t]*:/i.test(line));
  if (!disposition || another || lines.some((line) => /^[ \t]|[\r\n]/.test(line))) throw broken();
  const parameters = parametersOf(disposition.slice(disposition.indexOf(':') + 1));
  const name = parameters?.get('name');
  if (!parameters || name === undefined || name.includes('\\') || parameters.has('name*')) throw broken();
  const filename = parameters.get('filename') ?? parameters.get('filename*');
  return {
    name: unescaped(name).replace(/\[\d*\]$/, ''),
    filename: filename && unescaped(filename),
    type: /^content-type:\s*([^\s;]+)/im.exec(head)?.[1],
  };
}

const PARAMETER = /[ \t]*;[ \t]*([\w*-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/gsy;

/** Of `form-data; name="a"; filename="b"`; undefined where it is not that from end to end, or says a thing twice. */
function parametersOf(disposition: string): Map<string, string> | undefined {
  const type = /^[ \t]*form-data/i.exec(disposition);
  if (!type) return undefined;
  const parameters = new Map<string, string>();
  let at = type[0].length;
  for (const [whole, name = '', quoted, plain = ''] of disposition.slice(at).matchAll(PARAMETER)) {
    if (parameters.has(name.toLowerCase())) return undefined;
    parameters.set(name.toLowerCase(), quoted ?? plain);
    at += whole.length;
  }
  return /^[ \t;]*$/.test(disposition.slice(at)) ? parameters : undefined;
}

function unescaped(value: string): string {
  return value.replaceAll('%22', '"').replaceAll('\\"', '"');
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
