/** `POST /v1/messages/count_tokens`: the prompt of a request, counted as its answer's usage would. */
import { readShape } from '../shape.ts';
import type { Asked, Wire } from '../wire.ts';
import { readMessages } from './read.ts';
import { messagesShape, rejectShape } from './shape.ts';
import { anthropicWire } from './wire.ts';

const countShape = messagesShape.pick({
  model: true,
  messages: true,
  system: true,
  tools: true,
  tool_choice: true,
  thinking: true,
  output_config: true,
  cache_control: true,
});
/** Every Claude can say so much, and thinks with less. */
const ANY_LENGTH = 64_000;

export const anthropicCountWire: Wire = {
  ...anthropicWire,

  hear(asked) {
    const { ask } = readMessages(withLength(asked));
    const { fresh, cacheRead, cacheWritten } = ask.prompt;
    return {
      ask: { ...ask, said: '' }, // Troubles are ordered for the answer.
      stream: false,
      whole: () => ({ input_tokens: fresh + cacheRead + cacheWritten }),
      frames: () => [],
    };
  },
};

function withLength(asked: Asked): Asked {
  return { ...asked, body: { ...readShape(countShape, asked.body, rejectShape), max_tokens: ANY_LENGTH } };
}
