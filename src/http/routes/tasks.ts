/** What is no conversation: OpenAI's endpoints for embeddings, moderations, images and sound. */
import { type Context, Hono } from 'hono';
import { asGatewayError, errorBody } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import { SPEECH, TRANSCRIPTIONS, TRANSLATIONS } from '../../doors/tasks/audio.ts';
import type { TaskDoor } from '../../doors/tasks/door.ts';
import { EMBEDDINGS } from '../../doors/tasks/embeddings.ts';
import { IMAGE_EDITS, IMAGES } from '../../doors/tasks/images.ts';
import { MODERATIONS } from '../../doors/tasks/moderations.ts';
import type { BodyLimits } from '../../doors/json.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { perform, type TaskInbound } from '../../gateway/task.ts';
import { askedBy, enter, headersOf } from '../entrance.ts';
import { tellOutcome } from '../headers.ts';
import { EVENT_STREAM, type HttpPort } from '../port.ts';

export interface TaskParts {
  gateway: Gateway;
  http: HttpPort;
  limits: BodyLimits;
  keepAliveMs: number;
  clock: Clock;
}

const DOORS: readonly (readonly [path: string, door: TaskDoor])[] = [
  ['/embeddings', EMBEDDINGS],
  ['/moderations', MODERATIONS],
  ['/images/generations', IMAGES],
  ['/images/edits', IMAGE_EDITS],
  ['/audio/transcriptions', TRANSCRIPTIONS],
  ['/audio/translations', TRANSLATIONS],
  ['/audio/speech', SPEECH],
];

export function taskRoutes(parts: TaskParts): Hono {
  const routes = new Hono();
  for (const [path, door] of DOORS) routes.post(path, (c) => serveTask(c, door, parts));
  return routes;
}

export async function serveTask(c: Context, door: TaskDoor, parts: TaskParts): Promise<Response> {
  const { gateway, http, keepAliveMs } = parts;
  const inbound = await inboundOf(c, door, parts);
  const outcome = await perform(gateway, inbound);
  const { contentType, content } = outcome.body;
  const headers = headersOf(c);
  tellOutcome(headers, outcome, inbound.order.task.model);
  headers['content-type'] = contentType;
  if (typeof content === 'string') return http.send(c, 200, headers, content);
  if (!contentType.startsWith('text/event-stream')) return http.pass(c, headers, content);
  return http.stream(c, Object.assign(headers, EVENT_STREAM), content, { keepAliveMs, broken });
}

/** As every OpenAI SDK raises it. */
function broken(cause: unknown): string {
  return `data: ${JSON.stringify(errorBody(asGatewayError(cause)))}\n\n`;
}

async function inboundOf(c: Context, door: TaskDoor, { http, limits, clock }: TaskParts): Promise<TaskInbound> {
  enter(c, door.name);
  const bytes = await http.readBytes(c, limits.maxBodyBytes);
  const asked = askedBy(c, http);
  const contentType = asked.header('content-type') ?? '';
  const { task, write, longestTokens, fieldOf } = door.read({ bytes, contentType, limits, atMs: clock.now() });
  return { ...asked, order: { task, write }, longestTokens, fieldOf };
}
