/**
 * A door: an API that clients speak. It reads what they send as the canonical request (`core/chat.ts`) and hands over
 * the pen that writes the answer in their words. Pure: no I/O, no clock. So N doors and M dialects meet in one place.
 */
import type { DoorName } from '../core/caller.ts';
import type { Ceilings } from '../core/ceilings.ts';
import type { ChatRequest } from '../core/chat.ts';
import type { GatewayError } from '../core/errors.ts';
import type { FieldOf } from '../core/field-names.ts';
import type { Warning } from '../core/provider.ts';
import type { Original } from '../core/wire.ts';
import type { Pen } from '../answers/pen.ts';
import type { BodyLimits } from './json.ts';

export interface Door {
  /** As a key's `doors` name it. */
  readonly name: DoorName;
  /** Where this door's SDKs look for the request's id, beside `x-request-id`. */
  readonly requestIdHeader?: string;
  /** Throws `invalid_request` that names the client's own field. */
  read(text: string, asked: Asked): Entry;
  /** The body of a refusal, as this door's SDKs read it. */
  refusal(error: GatewayError, requestId?: string): object;
}

/** What a request says beside its body. */
export interface Asked {
  limits: BodyLimits;
  header: (name: string) => string | undefined;
  /** Of the path: Gemini names the model there. */
  param: (name: string) => string | undefined;
}

/** A request that has come in. */
export interface Entry {
  request: ChatRequest;
  original: Original;
  /** What the canonical request cannot hold: lost unless an upstream of the same wire gets the original. */
  lost: readonly Warning[];
  /** Writes the answer. Of this request alone. */
  pen: Pen;
  /** What the body lets the request cost and take. */
  ceilings?: Ceilings | undefined;
  /** Without it the canonical request's fields are the client's own. */
  fieldOf?: FieldOf | undefined;
}
