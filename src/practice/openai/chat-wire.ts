import type { Wire } from '../wire.ts';
import { readChat } from './chat-read.ts';
import { toChunks, toCompletion } from './chat-write.ts';
import { errorOf, openaiWire } from './errors.ts';

export const chatWire: Wire = {
  ...openaiWire,

  hear(asked) {
    const { body, ask } = readChat(asked.body);
    const stamp = { seed: asked.seed, createdSeconds: Math.floor(asked.nowMs / 1000) };
    return {
      ask,
      stream: body.stream ?? false,
      whole: (script) => toCompletion(body, script, stamp),
      frames: (script) => toChunks(body, script, stamp),
    };
  },

  troubleFrame: (rejected) => ({ data: `data: ${JSON.stringify({ error: errorOf(rejected) })}\n\n` }),
};
