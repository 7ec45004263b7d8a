import { GatewayError } from '../../core/errors.ts';
import type { Asked, Door, Entry } from '../door.ts';
import { fieldNamer, type Notes } from '../field-names.ts';
import { parseJson } from '../json.ts';
import { EMBED_VERBS } from './embeddings.ts';
import { toGoogleError } from './errors.ts';
import { namesOf } from './field-names.ts';
import { geminiPen } from './pen.ts';
import { readBody, toChat } from './read.ts';
import type { GeminiBody } from './schema.ts';

const VERBS = ['generateContent', 'streamGenerateContent', 'countTokens', ...EMBED_VERBS] as const;
type Verb = (typeof VERBS)[number];

/** Google's `POST /v1beta/models/{model}:generateContent`, and the same streamed. `call` is the last part of the path. */
export const GEMINI: Door = {
  name: 'gemini',
  read(text, asked) {
    const { model, verb } = calledBy(asked);
    return entryOf(readBody(text, asked.limits), { text, model, asked, isStream: verb === 'streamGenerateContent' });
  },
  refusal: toGoogleError,
};

/** `…:countTokens` has the contents themselves, or the whole request under a name of its own. */
export const GEMINI_COUNT: Door = {
  ...GEMINI,
  read(text, asked) {
    const { model } = calledBy(asked);
    const inner = innerOf(text);
    return entryOf(readBody(inner, asked.limits), { text: inner, model, asked, isStream: false });
  },
};

/** Model names may hold slashes and colons. Throws `route_not_found` for a verb that we do not serve. */
export function calledBy({ param }: Pick<Asked, 'param'>): { model: string; verb: Verb } {
  const call = param('call') ?? '';
  const at = call.lastIndexOf(':');
  const model = call.slice(0, Math.max(at, 0));
  const verb = VERBS.find((known) => known === call.slice(at + 1));
  if (verb && model) return { model, verb };
  const served = VERBS.map((known) => `:${known}`).join(', ');
  throw new GatewayError(
    'route_not_found',
    `Of Gemini's methods this router serves ${served} of /v1beta/models/{model}`,
  );
}

interface Circumstances {
  text: string;
  model: string;
  asked: Asked;
  isStream: boolean;
}

function entryOf(body: GeminiBody, { text, model, asked, isStream }: Circumstances): Entry {
  const { request, findings, showsThoughts } = toChat(body, model, asked.limits);
  const { lost, only, passes } = findings;
  const readAgain = (places: Notes) => toChat(body, model, asked.limits, places).request;
  const original = only !== undefined && !passes ? { text: withoutCapsules(text), passes: true } : { text, passes };
  return {
    request: isStream ? { ...request, stream: true } : request,
    original: { wire: 'gemini', ...original, only },
    lost,
    pen: geminiPen(showsThoughts),
    fieldOf: fieldNamer(() => namesOf(body.generationConfig ?? {}), readAgain),
  };
}

const CAPSULE = /"signalboxV01[\w+/=-]*"/g;

/** What only Google can serve goes there with Google's own word for a signature that is lost. */
function withoutCapsules(text: string): string {
  return text.replace(CAPSULE, '"skip_thought_signature_validator"');
}

function innerOf(text: string): string {
  const body = parseJson(text) as Record<string, unknown> | null;
  const inner = body?.['generateContentRequest'] ?? body?.['generate_content_request'];
  return inner === undefined ? text : JSON.stringify(inner);
}
