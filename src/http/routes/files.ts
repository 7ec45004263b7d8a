import { type Context, Hono } from 'hono';
import * as z from 'zod';
import type { Caller } from '../../core/caller.ts';
import { ownerOf } from '../../core/objects.ts';
import { uploadOf } from '../../batches/files.ts';
import type { Batches } from '../../batches/batches.ts';
import { Form } from '../../doors/form.ts';
import { readShape } from '../../doors/json.ts';
import { send } from '../converse.ts';
import { enter, headersOf } from '../entrance.ts';
import type { HttpPort } from '../port.ts';

export interface BatchRoutesParts {
  http: HttpPort;
  batches: Batches;
}

export type Called = Hono<{ Variables: { caller: Caller } }>;

/** As a key's `doors` name files and batches: one is of no use without the other. */
const DOOR = 'batches';
/** The form around the file. */
const FORM_BYTES = 16 * 1024;

/** `/v1/files`: the lines of batches, and their results. Each owner's own. */
export function fileRoutes(parts: BatchRoutesParts): Called {
  const { http, batches } = parts;
  const { files } = batches;
  const routes: Called = new Hono();
  routes.post('/', async (c) => {
    const owner = ownerAt(c);
    const bytes = await http.readBytes(c, files.maxFileBytes + FORM_BYTES);
    const file = await files.create(owner, uploadOf(new Form(bytes, http.header(c, 'content-type') ?? '')));
    return send(c, parts, file);
  });
  routes.get('/', async (c) => {
    const { limit, ...page } = pageOf(c, FilePage);
    const { data, hasMore } = await files.list(ownerAt(c), { ...page, limit: Math.min(limit, 1_000) });
    return send(c, parts, listed(data, hasMore));
  });
  routes.get('/:id', async (c) => send(c, parts, await files.get(ownerAt(c), c.req.param('id'))));
  routes.get('/:id/content', async (c) => {
    const { file, pieces } = await files.content(ownerAt(c), c.req.param('id'));
    const headers = { ...headersOf(c), 'content-type': 'application/jsonl' };
    return http.pass(c, { ...headers, 'content-length': String(file.bytes) }, pieces());
  });
  routes.delete('/:id', async (c) => {
    const id = c.req.param('id');
    await files.delete(ownerAt(c), id);
    return send(c, parts, { id, object: 'file', deleted: true });
  });
  return routes;
}

/** Throws `forbidden` for a key that may not come in here. */
export function callerAt(c: Context): Caller {
  enter(c, DOOR);
  return c.get('caller');
}

export function ownerAt(c: Context): string {
  return ownerOf(callerAt(c));
}

/** As OpenAI's SDKs page through. */
export function listed(data: readonly { id: string }[], hasMore: boolean) {
  return { object: 'list', data, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null, has_more: hasMore };
}

const FilePage = z.object({
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
  order: z.enum(['asc', 'desc']).default('desc'),
  after: z.string().max(200).optional(),
  purpose: z.string().max(50).optional(),
});

/** Throws `invalid_request` that names the parameter. */
export function pageOf<T extends z.ZodType>(c: Context, schema: T): z.infer<T> {
  return readShape(c.req.query(), schema, 'query');
}
