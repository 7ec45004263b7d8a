/** One entry of the admin API as data: what it takes, what it answers. The routes and the OpenAPI document are made of it. */
import type { Context } from 'hono';
import * as z from 'zod';
import { type BodyReader, readBody, readPath, readQuery } from './reading.ts';
import type { AdminSources } from './sources.ts';

export interface Answer {
  status: 200 | 201 | 204;
  /** Of its JSON; other types have none. */
  schema?: z.ZodType;
  types?: readonly string[];
}

interface Parts<Path, Query, Body> {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As Hono writes it: `/admin/v1/keys/:key`. */
  path: string;
  summary: string;
  parameters?: Path;
  query?: Query;
  body?: Body;
  /** Default: 64 kB. */
  maxBodyBytes?: number;
  answer: Answer;
}

/** As much of one as its description needs. */
export type Described = Parts<z.ZodObject, z.ZodType, z.ZodType>;

export interface Endpoint extends Described {
  handle: (c: Context, sources: AdminSources, http: BodyReader) => Promise<Response>;
}

export interface Ask<Path, Query, Body> {
  parameters: Path;
  query: Query;
  body: Body;
  sources: AdminSources;
  nowMs: number;
  /** Of what fails behind the answer's head. */
  onFailure: (cause: unknown) => void;
}

const NOTHING = z.strictObject({});
type Nothing = typeof NOTHING;

export function endpoint<
  Path extends z.ZodObject = Nothing,
  Query extends z.ZodType = Nothing,
  Body extends z.ZodType = Nothing,
>(
  parts: Parts<Path, Query, Body>,
  run: (ask: Ask<z.output<Path>, z.output<Query>, z.output<Body>>) => Response | Promise<Response>,
): Endpoint {
  const { parameters = NOTHING, query = NOTHING, body, maxBodyBytes, method } = parts;
  const takesBody = method !== 'get' && method !== 'delete';
  return {
    ...parts,
    async handle(c, sources, http) {
      const ask = {
        parameters: readPath(c, parameters) as z.output<Path>, // `parameters` is `Path`, or nothing where that is nothing.
        query: readQuery(c, query) as z.output<Query>,
        body: (takesBody ? await readBody(c, body ?? NOTHING, { http, maxBytes: maxBodyBytes }) : {}) as z.output<Body>,
        sources,
        nowMs: sources.clock.now(),
        onFailure: (cause: unknown) => sources.onFailure(cause, String(c.get('requestId'))),
      };
      return run(ask);
    },
  };
}

export const JSON_TYPE = 'application/json';

export function json(value: unknown, status: Answer['status'] = 200): Response {
  return new Response(JSON.stringify(value), { status, headers: { 'content-type': JSON_TYPE } });
}

export function text(content: string | ReadableStream<Uint8Array>, type: string, fileName?: string): Response {
  const headers: Record<string, string> = { 'content-type': type };
  if (fileName !== undefined) headers['content-disposition'] = `attachment; filename="${fileName}"`;
  return new Response(content, { headers });
}
