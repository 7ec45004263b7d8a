import { asGatewayError } from '../../core/errors.ts';
import type { Original } from '../../core/wire.ts';
import { type Pen } from '../../answers/pen.ts';
import type { Asked, Door, Entry } from '../door.ts';
import { fieldNamer, type Notes } from '../field-names.ts';
import { checkCount, checkShape, parseJson } from '../json.ts';
import type { MessagesBody } from './body.ts';
import { namesOf } from './field-names.ts';
import { Findings } from './findings.ts';
import { passedHeaders } from './headers.ts';
import { toChatRequest } from './read.ts';
import { brokenFrame, refusal } from './refusal.ts';
import { Body, CountBody } from './schema.ts';
import { MessageWriter } from './stream-writer.ts';
import { writeWhole } from './whole.ts';

const MESSAGES_PEN: Pen = {
  wire: 'messages',
  whole: writeWhole,
  stream: (options) => new MessageWriter(options),
  broken: (cause) => brokenFrame(asGatewayError(cause)),
};

/** Anthropic's `POST /v1/messages`. */
export const MESSAGES: Door = {
  name: 'messages',
  requestIdHeader: 'request-id',
  read: (text, asked) => read(text, asked, Body),
  refusal,
};

/** `POST /v1/messages/count_tokens`: the same request without its answer. */
export const COUNT_TOKENS: Door = { ...MESSAGES, read: (text, asked) => read(text, asked, CountBody) };

function read(text: string, { limits, header }: Asked, shape: typeof Body | typeof CountBody): Entry {
  const parsed = parseJson(text);
  checkShape(parsed, shape, limits);
  const body = parsed as MessagesBody; // Checked; the original keeps the client's order of keys.
  checkCount(body.messages.length, 'messages', limits);
  const findings = new Findings();
  const headers = passedHeaders(header);
  const request = toChatRequest(body, findings);
  const { lost, only, ours } = findings;
  const original: Original = { wire: 'messages', text, passes: !ours, only, headers };
  const readAgain = (places: Notes) => toChatRequest(body, new Findings(places));
  const fieldOf = fieldNamer(() => namesOf(body), readAgain);
  return { request, original, lost, pen: MESSAGES_PEN, fieldOf };
}
