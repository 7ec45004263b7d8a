/** Asking the admin API. The token goes into one header; nothing secret is ever in an address. */
import { currentToken, end } from './session.ts';

export type Query = Readonly<Record<string, string | number | undefined>>;

export interface AskOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
  token?: string;
}

/** What the router said instead of an answer, or that it said nothing. */
export class Refusal extends Error {
  /** 0: nobody answered. */
  readonly status: number;
  readonly code: string;
  /** The field that is wrong. */
  readonly param: string | undefined;

  constructor(message: string, { status = 0, code = 'unreachable', param }: Partial<Omit<Refusal, keyof Error>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.param = param;
  }
}

/** The server of the same version made this page; its answers are held against their schemas in its own tests. */
export async function ask<T>(path: string, options: AskOptions = {}): Promise<T> {
  const response = await send(path, options);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** Throws a `Refusal` for whatever is not a success. */
export async function send(path: string, options: AskOptions = {}): Promise<Response> {
  const { method = 'GET', body, headers, signal, token = currentToken() ?? '' } = options;
  const response = await fetch(path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
    credentials: 'omit',
    cache: 'no-store',
  }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause;
    throw new Refusal('The router does not answer. Is it running, and can this machine reach it?');
  });
  if (response.ok) return response;
  const refusal = await refusalOf(response);
  if (refusal.code === 'invalid_admin_token' && token === currentToken()) end(refusal.message);
  throw refusal;
}

interface Told {
  error?: { message?: string; code?: string; param?: string | null };
}

async function refusalOf(response: Response): Promise<Refusal> {
  const { status } = response;
  const told = (await response.json().catch(() => ({}))) as Told; // A proxy's page in between is no JSON.
  const { message = `The answer was ${status}`, code = String(status), param } = told.error ?? {};
  return new Refusal(message, { status, code, param: param ?? undefined });
}

export function withQuery(path: string, query: Query): string {
  const said = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(said.map(([name, value]) => [name, String(value)])).toString();
  return text === '' ? path : `${path}?${text}`;
}

/** A file made of an answer: the token cannot be in a link. */
export async function download(path: string, name: string): Promise<void> {
  const response = await send(path);
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
