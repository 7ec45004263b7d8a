/** `multipart/form-data` whose files are text: all that batches are made of. */
import { GatewayError } from '../core/errors.ts';

export interface FormPart {
  name: string;
  filename: string | undefined;
  value: string;
}

const MAX_PARTS = 20;

/** Throws `invalid_request` for what is no form. */
export function parseForm(contentType: string | undefined, body: string): FormPart[] {
  const boundary = /^multipart\/form-data\b.*;\s*boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i.exec(
    contentType ?? '',
  );
  const word = boundary?.[1] ?? boundary?.[2];
  if (word === undefined) throw wrong('Send the file as multipart/form-data, with the fields "purpose" and "file"');
  const [, ...pieces] = `\r\n${body}`.split(`\r\n--${word}`, MAX_PARTS + 2);
  if (pieces.length > MAX_PARTS) throw wrong(`The form has more than ${MAX_PARTS} fields`);
  const end = pieces.findIndex((piece) => piece.startsWith('--'));
  if (end < 0) throw wrong('The form breaks off before its end');
  return pieces.slice(0, end).map(partOf);
}

function partOf(piece: string): FormPart {
  const gap = piece.indexOf('\r\n\r\n');
  const disposition = /^content-disposition:(.*)$/im.exec(piece.slice(0, gap < 0 ? undefined : gap))?.[1] ?? '';
  const name = parameter(disposition, 'name');
  if (gap < 0 || name === undefined) throw wrong('A field of the form has no name');
  return { name, filename: parameter(disposition, 'filename'), value: piece.slice(gap + 4) };
}

function parameter(disposition: string, name: string): string | undefined {
  const found = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]+))`, 'i').exec(disposition);
  return (found?.[1] ?? found?.[2])?.replaceAll('%22', '"').replaceAll('\\"', '"');
}

function wrong(message: string): GatewayError {
  return new GatewayError('invalid_request', message);
}
