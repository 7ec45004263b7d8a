import { type Context, Hono } from 'hono';
import * as z from 'zod';
import { ownerOf } from '../../core/objects.ts';
import { isOver } from '../../batches/batch-object.ts';
import { parseJson, readShape } from '../../doors/json.ts';
import { send } from '../converse.ts';
import { strictOf } from '../strict.ts';
import { type BatchRoutesParts, type Called, callerAt, listed, ownerAt, pageOf } from './files.ts';

const MAX_BYTES = 64 * 1024;

const Metadata = z
  .record(z.string().max(64), z.string().max(512))
  .refine((metadata) => Object.keys(metadata).length <= 16, 'at most 16 entries are taken');

const Body = z.looseObject({
  input_file_id: z.string().min(1).max(200),
  endpoint: z.string(),
  completion_window: z.literal('24h', { error: 'must be "24h"' }),
  metadata: Metadata.nullish(),
  output_expires_after: z
    .object({ anchor: z.literal('created_at'), seconds: z.int().min(3_600).max(2_592_000) })
    .nullish(),
});

const BatchPage = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  after: z.string().max(200).optional(),
});

/** `/v1/batches`, as OpenAI's. Whoever looks also helps it along: on Workers nobody else does, but a scheduled event. */
export function batchRoutes(parts: BatchRoutesParts): Called {
  const { http, batches } = parts;
  const routes: Called = new Hono();
  const help = (c: Context, id: string) => http.background(c, batches.work(ownerAt(c), id));
  routes.post('/', async (c) => {
    const caller = callerAt(c);
    const { input_file_id: inputFileId, endpoint, metadata, output_expires_after: expires } = await bodyOf(parts, c);
    const strict = strictOf((name) => http.header(c, name));
    const outputExpiresInMs = expires ? expires.seconds * 1_000 : undefined;
    const wanted = { inputFileId, endpoint, metadata: metadata ?? null, outputExpiresInMs, strict };
    const batch = await batches.create(caller, wanted);
    http.background(c, batches.work(ownerOf(caller), batch.id));
    return send(c, parts, batch);
  });
  routes.get('/', async (c) => {
    const { limit, after } = pageOf(c, BatchPage);
    const { data, hasMore } = await batches.list(ownerAt(c), { limit, after });
    return send(c, parts, listed(data, hasMore));
  });
  routes.get('/:id', async (c) => {
    const batch = await batches.get(ownerAt(c), c.req.param('id'));
    if (!isOver(batch)) help(c, batch.id);
    return send(c, parts, batch);
  });
  routes.post('/:id/cancel', async (c) => {
    const batch = await batches.cancel(ownerAt(c), c.req.param('id'));
    help(c, batch.id);
    return send(c, parts, batch);
  });
  return routes;
}

async function bodyOf({ http }: BatchRoutesParts, c: Context): Promise<z.infer<typeof Body>> {
  return readShape(parseJson(await http.readBody(c, MAX_BYTES)), Body);
}
