import { asGatewayError } from '../../core/errors.ts';
import type { Pen } from '../../answers/pen.ts';
import { toAnswer } from './answer.ts';
import { toGoogleError } from './errors.ts';
import { GeminiStream } from './stream.ts';

const shown = penOf(true);
const hidden = penOf(false);

/** Thoughts are shown to who asked for them. */
export function geminiPen(showsThoughts: boolean): Pen {
  return showsThoughts ? shown : hidden;
}

function penOf(showsThoughts: boolean): Pen {
  return {
    wire: 'gemini',
    whole: (answer, stamp) => JSON.stringify(toAnswer(answer, stamp, showsThoughts)),
    stream: (options) => new GeminiStream(options, showsThoughts),
    /** An event with `error` in it: @google/genai 3.1 raises it, in a network chunk of its own or not. */
    broken: (cause) => `data: ${JSON.stringify(toGoogleError(asGatewayError(cause)))}\r\n\r\n`,
  };
}
