import { EventStreamCodec } from '@smithy/eventstream-codec';
import type { Script, Step } from '../ask.ts';
import { bindsThoughts, claudeOf } from '../claude.ts';
import { idOf, seal } from '../seal.ts';
import { bitsOf, type Frame, wordsIn } from '../wire.ts';
import type { Reading } from './read.ts';
import { prefixOf } from './rules.ts';

const codec = new EventStreamCodec(
  (bytes) => new TextDecoder().decode(bytes),
  (text) => new TextEncoder().encode(text),
);

/** Real events carry a padding of random length, so that their size does not give the words away. */
const PADDING = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const LATENCY_MS = 25;

const STOP_REASONS: Record<Script['end'], string> = {
  done: 'end_turn',
  calls: 'tool_use',
  length: 'max_tokens',
  stop: 'stop_sequence',
  refused: 'content_filtered',
};

export function toAnswer(reading: Reading, script: Script, seed: string) {
  const content = script.steps.flatMap((step, index) => toBlocks(reading, step, `${seed} ${index}`));
  return {
    metrics: { latencyMs: LATENCY_MS },
    output: { message: { content, role: 'assistant' } },
    stopReason: STOP_REASONS[script.end],
    usage: usageOf(script),
    serviceTier: { type: reading.request.serviceTier?.type ?? 'default' },
  };
}

export function toEvents(reading: Reading, script: Script, seed: string): Frame[] {
  const frames = [event('messageStart', { role: 'assistant' })];
  const blocks = script.steps.flatMap((step, index) => toBlocks(reading, step, `${seed} ${index}`));
  for (const [contentBlockIndex, block] of blocks.entries()) {
    if (block.toolUse) {
      const { toolUseId, name } = block.toolUse;
      frames.push(event('contentBlockStart', { contentBlockIndex, start: { toolUse: { toolUseId, name } } }));
    }
    for (const delta of deltasOf(block)) {
      frames.push({ ...event('contentBlockDelta', { contentBlockIndex, delta }), word: true });
    }
    frames.push(event('contentBlockStop', { contentBlockIndex }));
  }
  frames.push(event('messageStop', { stopReason: STOP_REASONS[script.end] }));
  frames.push(event('metadata', { metrics: { latencyMs: LATENCY_MS }, usage: usageOf(script) }));
  return frames;
}

export function exception(name: string, message: string): Frame {
  return { data: encode({ ':exception-type': name, ':message-type': 'exception' }, { message }) };
}

function event(name: string, payload: Record<string, unknown>): Frame {
  const p = PADDING.slice(0, 3 + (JSON.stringify(payload).length % 50));
  return { data: encode({ ':event-type': name, ':message-type': 'event' }, { ...payload, p }) };
}

function encode(named: Record<string, string>, payload: unknown): Uint8Array {
  const headers = Object.entries({ ...named, ':content-type': 'application/json' }).map(([name, value]) => [
    name,
    { type: 'string' as const, value },
  ]);
  return codec.encode({
    headers: Object.fromEntries(headers),
    body: new TextEncoder().encode(JSON.stringify(payload)),
  });
}

interface Block {
  text?: string;
  toolUse?: { toolUseId: string; name: string; input: Record<string, unknown> };
  reasoningContent?: { reasoningText: { text: string; signature?: string } };
}

/** At most one; empty text is never sent. */
function toBlocks(reading: Reading, step: Step, seed: string): Block[] {
  switch (step.type) {
    case 'think': {
      const text = reading.showsThoughts ? step.text : '';
      return [{ reasoningContent: { reasoningText: { text, ...signature(reading, text) } } }];
    }
    case 'call':
      return [{ toolUse: { toolUseId: `tooluse_${idOf(seed, 'call', 22)}`, name: step.name, input: step.input } }];
    case 'say':
    case 'refuse':
      return step.text ? [{ text: step.text }] : [];
  }
}

/** Only Claude signs. */
function signature({ request, model }: Reading, text: string): { signature?: string } {
  const claude = claudeOf(model);
  if (!claude) return {};
  return {
    signature: seal({ dialect: 'bedrock', model, text, prefix: bindsThoughts(claude) ? prefixOf(request) : '' }),
  };
}

function deltasOf({ text, toolUse, reasoningContent }: Block): unknown[] {
  if (text !== undefined) return wordsIn(text).map((word) => ({ text: word }));
  if (toolUse) return bitsOf(JSON.stringify(toolUse.input)).map((input) => ({ toolUse: { input } }));
  const { text: thought = '', signature: sealed } = reasoningContent?.reasoningText ?? {};
  const words = wordsIn(thought).map((word) => ({ reasoningContent: { text: word } }));
  return sealed ? [...words, { reasoningContent: { signature: sealed } }] : words;
}

/** Cache reads and writes stand beside `inputTokens`, not inside. */
function usageOf({ prompt, outputTokens }: Script) {
  return {
    inputTokens: prompt.fresh,
    outputTokens,
    totalTokens: prompt.fresh + prompt.cacheRead + prompt.cacheWritten + outputTokens,
    cacheReadInputTokens: prompt.cacheRead,
    cacheWriteInputTokens: prompt.cacheWritten,
  };
}
