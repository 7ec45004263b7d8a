import { parseJson, record, text } from '../shared/refusal.ts';

/** What a server said of an error, whatever envelope it came in. */
export interface Complaint {
  message: string;
  /** Machine words; empty where there are none. A number is a status, not a code. */
  code: string;
  type: string;
  param: string | undefined;
  /** Told in the body, as a number. */
  status: number | undefined;
}

const MAX_TEXT = 300;

/**
 * OpenAI: `{"error":{…}}`. Others: the same in a list, `{"error":"…"}`, the bare object (Mistral, older vLLM),
 * `{"detail":…}` (FastAPI), a JSON string, plain text or a page of HTML.
 */
export function readComplaint(body: string): Complaint {
  const parsed = parseJson(body);
  if (parsed === undefined) return { ...EMPTY, message: plainText(body) };
  const whole = Array.isArray(parsed) ? (parsed[0] as unknown) : parsed;
  const outer = record(whole);
  if (!outer) return { ...EMPTY, message: text(whole) ?? '' };
  const error = record(outer.error) ?? outer;
  const code = text(error.code) ?? text(record(error.innererror)?.code) ?? '';
  return {
    message: messageOf(error) ?? text(outer.error) ?? '',
    code: isNumber(code) ? '' : code,
    type: text(error.type) ?? '',
    param: text(error.param) ?? paramOf(error),
    status: [error.status_code, error.status, error.code].map(Number).find((status) => status >= 400 && status < 600),
  };
}

const EMPTY: Complaint = { message: '', code: '', type: '', param: undefined, status: undefined };

function messageOf(error: Record<string, unknown>): string | undefined {
  const { message, detail } = error;
  return text(message) ?? text(detail) ?? detailMessage(detail) ?? detailMessage(record(message)?.detail);
}

/** FastAPI's list of what is wrong: `[{"loc":["body","messages"],"msg":"Field required"}]`. */
function detailMessage(detail: unknown): string | undefined {
  const said = detailsOf(detail).flatMap(({ msg }) => text(msg) ?? []);
  return said.length > 0 ? said.join('; ') : undefined;
}

function paramOf({ message, detail }: Record<string, unknown>): string | undefined {
  const [first] = [...detailsOf(detail), ...detailsOf(record(message)?.detail)];
  const place: unknown[] = Array.isArray(first?.loc) ? first.loc : [];
  return place.length > 0 ? place.filter((step) => step !== 'body').join('.') : undefined;
}

function detailsOf(detail: unknown): Record<string, unknown>[] {
  return Array.isArray(detail) ? detail.map(record).filter((entry) => entry !== undefined) : [];
}

/** A page says nothing that a client can use. */
function plainText(body: string): string {
  const said = body.trim();
  return said.startsWith('<') || said.startsWith('{') || said.startsWith('[')
    ? ''
    : said.slice(0, MAX_TEXT).replace(/\s+/g, ' ');
}

function isNumber(code: string): boolean {
  return /^\d+$/.test(code);
}
