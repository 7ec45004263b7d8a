import { bindsThoughts, claudeOf } from '../claude.ts';
import { idOf, seal } from '../seal.ts';
import type { Script, Step } from '../ask.ts';
import { bitsOf, type Frame, wordsIn } from '../wire.ts';
import { prefixOf } from './prefix.ts';
import type { Reading } from './read.ts';

const STOP_REASONS: Record<Script['end'], string> = {
  done: 'end_turn',
  calls: 'tool_use',
  length: 'max_tokens',
  stop: 'stop_sequence',
  refused: 'refusal',
};

export function toMessage(reading: Reading, script: Script, seed: string) {
  return {
    ...head(reading, seed),
    content: script.steps.flatMap((step, index) => toBlocks(reading, step, `${seed} ${index}`)),
    ...ending(script),
    usage: {
      ...promptUsage(script),
      output_tokens: script.outputTokens,
      ...thinkingUsage(script),
      service_tier: 'standard',
    },
  };
}

export function toEvents(reading: Reading, script: Script, seed: string): Frame[] {
  const usage = { ...promptUsage(script), output_tokens: 1, service_tier: 'standard' };
  const nothing = { content: [], stop_reason: null, stop_sequence: null, stop_details: null };
  const frames = [event({ type: 'message_start', message: { ...head(reading, seed), ...nothing, usage } })];
  let index = 0;
  for (const [number, step] of script.steps.entries()) {
    const [block] = toBlocks(reading, step, `${seed} ${number}`);
    if (!block) continue;
    frames.push(event({ type: 'content_block_start', index, content_block: emptied(block) }));
    if (index === 0) frames.push(event({ type: 'ping' }));
    for (const delta of deltasOf(block))
      frames.push({ ...event({ type: 'content_block_delta', index, delta }), word: true });
    frames.push(event({ type: 'content_block_stop', index }));
    index += 1;
  }
  const total = { ...flatPrompt(script), output_tokens: script.outputTokens, ...thinkingUsage(script) };
  frames.push(event({ type: 'message_delta', delta: ending(script), usage: total }), event({ type: 'message_stop' }));
  return frames;
}

export function event(data: { type: string; [field: string]: unknown }): Frame {
  return { data: `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n` };
}

type Block =
  | { type: 'text'; text: string }
  | { type: 'thinking'; thinking: string; signature: string }
  | { type: 'tool_use'; id: string; name: string; input: Record<string, unknown> };

/** At most one; empty text is never sent. */
function toBlocks(reading: Reading, step: Step, seed: string): Block[] {
  switch (step.type) {
    case 'think': {
      const thinking = reading.showsThoughts ? step.text : '';
      return [{ type: 'thinking', thinking, signature: signature(reading, thinking) }];
    }
    case 'call':
      return [{ type: 'tool_use', id: `toolu_01${idOf(seed, 'call', 22)}`, name: step.name, input: step.input }];
    case 'say':
      return step.text ? [{ type: 'text', text: step.text }] : [];
    case 'refuse':
      return [];
  }
}

function signature({ request }: Reading, text: string): string {
  const claude = claudeOf(request.model);
  const prefix = claude && bindsThoughts(claude) ? prefixOf(request) : '';
  return seal({ dialect: 'anthropic', model: request.model, text, prefix });
}

function emptied(block: Block): Block {
  switch (block.type) {
    case 'text':
      return { ...block, text: '' };
    case 'thinking':
      return { ...block, thinking: '', signature: '' };
    case 'tool_use':
      return { ...block, input: {} };
  }
}

function deltasOf(block: Block): unknown[] {
  switch (block.type) {
    case 'text':
      return wordsIn(block.text).map((text) => ({ type: 'text_delta', text }));
    case 'thinking':
      return [
        ...wordsIn(block.thinking).map((thinking) => ({ type: 'thinking_delta', thinking })),
        { type: 'signature_delta', signature: block.signature },
      ];
    case 'tool_use': {
      const bits = Object.keys(block.input).length > 0 ? bitsOf(JSON.stringify(block.input)) : [];
      return ['', ...bits].map((partial_json) => ({ type: 'input_json_delta', partial_json }));
    }
  }
}

function head({ request }: Reading, seed: string) {
  return { model: request.model, id: `msg_01${idOf(seed, 'message', 22)}`, type: 'message', role: 'assistant' };
}

function ending(script: Script) {
  const refused = script.steps.find((step) => step.type === 'refuse');
  const details = refused && { type: 'refusal', category: 'general_harms', explanation: refused.text };
  return {
    stop_reason: STOP_REASONS[script.end],
    stop_sequence: script.stopped ?? null,
    stop_details: details ?? null,
  };
}

/** Cache reads and writes stand beside `input_tokens`, not inside. */
function flatPrompt({ prompt }: Script) {
  return {
    input_tokens: prompt.fresh,
    cache_creation_input_tokens: prompt.cacheWritten,
    cache_read_input_tokens: prompt.cacheRead,
  };
}

function promptUsage(script: Script) {
  const written = { ephemeral_5m_input_tokens: script.prompt.cacheWritten, ephemeral_1h_input_tokens: 0 };
  return { ...flatPrompt(script), cache_creation: written };
}

function thinkingUsage({ thoughtTokens }: Script) {
  return { output_tokens_details: { thinking_tokens: thoughtTokens } };
}
