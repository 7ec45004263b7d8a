import { Hono } from 'hono';
import * as z from 'zod';
import { parseJson, readShape } from '../../doors/json.ts';
import type { Caller } from '../authenticate.ts';
import { headersOf } from '../entrance.ts';
import type { HttpPort } from '../port.ts';

/** How good an answer was, and who says so. A tenant can only judge answers of its own. */
export interface Feedback {
  requestId: string;
  /** The client key's name. */
  key: string;
  /** 0: useless; 1: nothing better is needed. */
  score: number;
  judge: string | undefined;
}

export interface FeedbackParts {
  http: Pick<HttpPort, 'readBody'>;
  /** Must not throw. */
  onFeedback: (feedback: Feedback) => void;
}

const MAX_BYTES = 10_000;

const Body = z
  .strictObject({
    id: z.string().regex(/^[\w-]{1,100}$/, "must be an answer's x-request-id"),
    score: z.number().min(0).max(1).optional(),
    thumb: z.enum(['up', 'down']).optional(),
    judge: z.string().max(200).optional(),
  })
  .refine(({ score, thumb }) => (score === undefined) !== (thumb === undefined), {
    path: ['score'],
    error: 'send either score (0 to 1) or thumb (up or down)',
  });

/** `POST /v1/feedback`: a line in the log, for `signalbox fit` to learn from. */
export function feedbackRoutes({ http, onFeedback }: FeedbackParts): Hono<{ Variables: { caller: Caller } }> {
  return new Hono<{ Variables: { caller: Caller } }>().post('/', async (c) => {
    const body = readShape(parseJson(await http.readBody(c, MAX_BYTES)), Body);
    const { id, thumb, judge, score = thumb === 'up' ? 1 : 0 } = body;
    onFeedback({ requestId: id, key: c.get('caller').name, score, judge });
    return c.body(null, 204, headersOf(c));
  });
}
