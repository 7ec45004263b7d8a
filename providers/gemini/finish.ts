import type { FinishReason } from '../../src/core/chat.ts';
import { GatewayError } from '../../src/core/errors.ts';

/** In the order of Google's protocol buffers, which AI Studio and Vertex number differently. */
const STUDIO =
  'FINISH_REASON_UNSPECIFIED STOP MAX_TOKENS SAFETY RECITATION OTHER LANGUAGE BLOCKLIST PROHIBITED_CONTENT SPII MALFORMED_FUNCTION_CALL IMAGE_SAFETY UNEXPECTED_TOOL_CALL'.split(
    ' ',
  );
const VERTEX =
  'FINISH_REASON_UNSPECIFIED STOP MAX_TOKENS SAFETY RECITATION OTHER BLOCKLIST PROHIBITED_CONTENT SPII MALFORMED_FUNCTION_CALL MODEL_ARMOR IMAGE_SAFETY IMAGE_PROHIBITED_CONTENT IMAGE_RECITATION IMAGE_OTHER UNEXPECTED_TOOL_CALL NO_IMAGE'.split(
    ' ',
  );

/** Google's word, also where a proxy made it a number. Undefined while there is no end yet. */
export function readReason(reason: string | number | undefined, isVertex: boolean): string | undefined {
  const word = typeof reason === 'number' ? ((isVertex ? VERTEX : STUDIO)[reason] ?? String(reason)) : reason;
  return word === 'FINISH_REASON_UNSPECIFIED' || word === '' ? undefined : word;
}

/** Gemini says STOP for tool calls too. What it calls malformed is no answer: it throws. */
export function toFinishReason(reason: string, called: boolean): FinishReason {
  switch (reason) {
    case 'MAX_TOKENS':
    case 'CONTINUATION':
      return 'length';
    case 'SAFETY':
    case 'RECITATION':
    case 'LANGUAGE':
    case 'BLOCKLIST':
    case 'PROHIBITED_CONTENT':
    case 'SPII':
    case 'MODEL_ARMOR':
    case 'IMAGE_SAFETY':
    case 'IMAGE_PROHIBITED_CONTENT':
    case 'IMAGE_RECITATION':
      return 'content_filter';
    default: // STOP, and words to come.
      return called ? 'tool_calls' : 'stop';
  }
}

const MALFORMED: ReadonlySet<string> = new Set([
  'MALFORMED_FUNCTION_CALL',
  'UNEXPECTED_TOOL_CALL',
  'TOO_MANY_TOOL_CALLS',
  'MALFORMED_RESPONSE',
  'MISSING_THOUGHT_SIGNATURE',
  'NO_IMAGE',
  'IMAGE_OTHER',
  'OTHER',
]);

/** Before anything of it is passed on: a call of a tool that does not exist must not reach the client. */
export function refuseMalformed(reason: string | undefined): void {
  if (reason === undefined || !MALFORMED.has(reason)) return;
  throw new GatewayError('malformed', `The model's answer ended with ${reason}`);
}
