import type { Wire } from '../wire.ts';
import { errorOf, openaiWire } from './errors.ts';
import { frame, toEvents } from './responses-events.ts';
import { readResponses } from './responses-read.ts';
import { toResponse } from './responses-write.ts';

export const responsesWire: Wire = {
  ...openaiWire,

  hear(asked) {
    const { body, ask } = readResponses(asked.body);
    const stamp = { seed: asked.seed, createdSeconds: Math.floor(asked.nowMs / 1000) };
    return {
      ask,
      stream: body.stream ?? false,
      whole: (script) => toResponse(body, stamp, script),
      frames: (script) => toEvents(body, script, stamp),
    };
  },

  troubleFrame(rejected) {
    const { code, message, param } = errorOf(rejected);
    return frame('error', { code, message, param, sequence_number: 0 });
  },
};
