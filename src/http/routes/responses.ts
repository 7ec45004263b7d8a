import { type Context, Hono } from 'hono';
import * as z from 'zod';
import { asGatewayError, GatewayError } from '../../core/errors.ts';
import { type KeepDays, type ObjectStore, ownerOf } from '../../core/objects.ts';
import type { Clock } from '../../core/ports.ts';
import { openRecording } from '../../doors/responses/door.ts';
import { type Kept, newResponseId, type Recording, shown, type Wish, wishOf } from '../../doors/responses/stored.ts';
import { answer, answerStream, type Inbound } from '../../gateway/gateway.ts';
import type { Called } from '../call.ts';
import { asJson, type ConverseParts, send, stream } from '../converse.ts';
import { within } from '../frames.ts';
import { enter, headersOf, inboundFrom } from '../entrance.ts';
import { tellOutcome } from '../headers.ts';
import { get, keep, unknown } from '../responses/archive.ts';
import { pageOf } from '../responses/input-items.ts';
import { KeptFrames } from '../responses/kept-frames.ts';
import { findOpening } from '../responses/opening.ts';
import type { BackgroundRuns } from '../responses/runs.ts';

export interface ResponsesParts extends ConverseParts {
  objects: ObjectStore;
  keepDays: KeepDays;
  runs: BackgroundRuns;
  clock: Clock;
  newId: (prefix: string, length: number) => string;
  /** Must not throw. */
  onInternalError: (error: GatewayError, requestId: string) => void;
}

/** An answer that is there waits no longer for the store. */
const STORE_MS = 3_000;
const DOOR = 'responses';

/** `/v1/responses`, with what the router keeps of them. */
export function responsesRoutes(parts: ResponsesParts): Hono<Called> {
  const { objects, runs } = parts;
  return new Hono<Called>()
    .post('/', (c) => create(c, parts))
    .get('/:id', async (c) => {
      if (c.req.query('stream') === 'true') throw unsupported('stream', 'A stored response is not streamed again');
      const { kept } = await get(parts, ownerIn(c), c.req.param('id'));
      return send(c, parts, shown(kept.response, includeOf(c)));
    })
    .delete('/:id', async (c) => {
      const { owner, id } = { owner: ownerIn(c), id: c.req.param('id') };
      await get(parts, owner, id); // Files and batches are not deleted here.
      if (!(await objects.delete(owner, id))) throw unknown(id);
      runs.forget(owner, id);
      return send(c, parts, { id, object: 'response', deleted: true });
    })
    .get('/:id/input_items', async (c) => {
      const { kept } = await get(parts, ownerIn(c), c.req.param('id'));
      return send(c, parts, pageOf(kept.input, c.req.query()));
    })
    .post('/:id/cancel', async (c) => {
      const response = await runs.cancel(ownerIn(c), c.req.param('id'));
      return send(c, parts, shown(response, includeOf(c)));
    });
}

/** Whose responses are asked for. */
function ownerIn(c: Context<Called>): string {
  enter(c, DOOR);
  return ownerOf(c.get('caller'));
}

async function create(c: Context<Called>, parts: ResponsesParts): Promise<Response> {
  const { http, limits, newId } = parts;
  const owner = ownerIn(c);
  const body = await http.readText(c, limits.maxBodyBytes);
  const wish = wishOf(body.text);
  const id = wish.background ? newResponseId(newId) : undefined;
  const found = await findOpening(parts, wish, { owner, maxBytes: limits.maxBodyBytes });
  const recording = openRecording({ ...found, id, newId });
  const inbound = inboundFrom(c, recording.door, parts, body);
  const asked = { c, parts, owner, wish, inbound, recording };
  if (id !== undefined) return inBackground(asked, id);
  return inbound.request.stream ? streamed(asked) : whole(asked);
}

interface Asked {
  c: Context<Called>;
  parts: ResponsesParts;
  owner: string;
  wish: Wish;
  inbound: Inbound;
  recording: Recording;
}

async function whole({ c, parts, owner, wish, inbound, recording }: Asked): Promise<Response> {
  const { gateway, http } = parts;
  const outcome = await answer(gateway, inbound);
  const kept = wish.store ? recording.kept(outcome.body) : undefined;
  const trouble = kept && (await troubleOf(parts, owner, kept));
  const headers = headersOf(c);
  tellOutcome(headers, outcome, inbound.request.model);
  if (trouble) {
    headers['x-signalbox-not-stored'] = trouble.code;
    parts.onInternalError(trouble, inbound.requestId);
  }
  return http.send(c, 200, asJson(headers), outcome.body);
}

async function streamed({ c, parts, owner, wish, inbound, recording }: Asked): Promise<Response> {
  const { gateway, http } = parts;
  const keepIt = async () => {
    const kept = wish.store ? recording.kept() : undefined;
    const trouble = kept && (await troubleOf(parts, owner, kept));
    if (trouble) parts.onInternalError(trouble, inbound.requestId);
  };
  const pending = answerStream(gateway, inbound).then((reply) => ({
    ...reply,
    body: wish.store ? new KeptFrames(reply.body, recording, keepIt) : reply.body,
  }));
  const broken = (cause: unknown) => {
    const frame = inbound.pen.broken(cause);
    http.background(c, keepIt()); // Until that was said, nothing had ended.
    return frame;
  };
  return stream(c, parts, { pending, asked: inbound.request.model, broken });
}

async function inBackground({ c, parts, owner, wish, inbound, recording }: Asked, id: string): Promise<Response> {
  const { http, runs } = parts;
  if (!wish.store) throw unsupported('store', 'background: a response that is not stored could never be found again');
  if (wish.stream) throw unsupported('stream', 'background: is not streamed here; poll GET /v1/responses/{id}');
  const background = (work: Promise<void>) => http.background(c, work);
  const response = await runs.start({ owner, id, inbound, recording, background });
  return send(c, parts, response);
}

/** Why it could not be stored: no reason to fail an answer that is there. */
async function troubleOf(parts: ResponsesParts, owner: string, kept: Kept): Promise<GatewayError | undefined> {
  const keeping = keep(parts, owner, kept).then(() => 'kept' as const, asGatewayError);
  const done = await within(keeping, STORE_MS);
  if (done === 'kept') return undefined;
  return done ?? new GatewayError('no_candidate', 'The store takes too long', { code: 'store_unavailable' });
}

function unsupported(param: string, message: string): GatewayError {
  return new GatewayError('invalid_request', message, { param, code: 'unsupported_parameter' });
}

const Include = z.array(z.string().max(100)).max(20);

/** The SDKs write `include[]=a&include[]=b`, others `include=a`. */
function includeOf(c: Context): string[] {
  const given = [...(c.req.queries('include[]') ?? []), ...(c.req.queries('include') ?? [])];
  const parsed = Include.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new GatewayError('invalid_request', 'include: at most 20 names', { param: 'include' });
}
