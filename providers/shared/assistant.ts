/** An assistant's message in the history: what it thought, said, showed and called, in that order. */
import type { ReasoningDetail } from '../../src/core/chat.ts';
import { GatewayError } from '../../src/core/errors.ts';
import type { Block, ReasoningBlock } from './conversation.ts';
import { markLast, readContent, readParts, textBlocks } from './parts.ts';
import type { PartBlock } from './parts.ts';
import type { Reading } from './reading.ts';
import { warn } from './reading.ts';
import { record, text } from './refusal.ts';
import { readFunctionCall, readToolCalls } from './tool-calls.ts';

type Message = Record<string, unknown>;

export interface Spoken {
  blocks: Block[];
  /** Media that the provider takes only from a user. */
  moved: PartBlock[];
}

export function readAssistant(message: Message, param: string, reading: Reading): Spoken {
  const shown = readShown(message, param, reading);
  const moved = reading.rules.assistantMedia ? [] : shown.filter((block) => block.type !== 'text');
  if (moved.length > 0) {
    warn(reading, { param: `${param}.content`, action: 'changed', note: 'media moved to the next user turn' });
  }
  const blocks: Block[] = [
    ...readReasoning(message['reasoning_details'], reading),
    ...(moved.length > 0 ? shown.filter((block) => block.type === 'text') : shown),
    ...readToolCalls(message, param, reading),
    ...readFunctionCall(message, param, reading),
  ];
  markLast(blocks, message);
  return { blocks, moved };
}

function readShown(message: Message, param: string, reading: Reading): PartBlock[] {
  const shown = readContent(message, param);
  const { refusal, audio, images } = message;
  if (typeof refusal === 'string') shown.push(...textBlocks(refusal));
  if (audio) shown.push(...readAudio(audio, `${param}.audio`, reading));
  return Array.isArray(images) ? [...shown, ...readParts(images, `${param}.images`)] : shown;
}

/**
 * Only what this dialect and this issuer wrote: another's signature is a 400. Leaving out the rest is no warning,
 * because no provider could read it, and a conversation may wander from one to the next.
 */
function readReasoning(details: unknown, reading: Reading): ReasoningBlock[] {
  const { call, rules } = reading;
  if (call.omitReasoning || !Array.isArray(details)) return [];
  const issuer = `${call.endpoint.name}/${call.providerModel}`;
  return details.flatMap((entry): ReasoningBlock[] => {
    if (!isDetail(entry) || entry.format !== rules.reasoningFormat) return [];
    return (entry.issuer ?? issuer) === issuer ? [{ type: 'reasoning', detail: entry }] : [];
  });
}

function isDetail(entry: unknown): entry is ReasoningDetail {
  const type = record(entry)?.['type'];
  return type === 'reasoning.text' || type === 'reasoning.summary' || type === 'reasoning.encrypted';
}

/** The id is OpenAI's own, so only words that came along can be said elsewhere. */
function readAudio(audio: unknown, param: string, reading: Reading): PartBlock[] {
  const fields = record(audio);
  if (!fields) return [];
  const blocks = textBlocks(text(fields['transcript']) ?? '');
  if (blocks.length === 0) throw new GatewayError('unsupported', 'Audio of OpenAI cannot be replayed here', { param });
  warn(reading, { param, action: 'changed', note: 'audio sent as its transcript' });
  return blocks;
}
