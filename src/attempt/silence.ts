import { GatewayError } from '../core/errors.ts';
import type { Clock } from '../core/ports.ts';
import { latin1 } from '../answers/frames.ts';
import type { Work } from './send.ts';

/** How many idle times a provider may say nothing but that it is still there: models think in mid-answer, too. */
const IDLE_TIMES = 10;
/** How such a chunk begins; at a glance, for most begin with `data:` or the name of another event. */
const [LF, CR, COLON, E, K, P] = [10, 13, 58, 101, 107, 112];
const NAME_AT = 'event: '.length;
/** One thing after the other that no client is told: a comment, a ping and its data, an end of a line. */
const NOTHING = /:.*|event: (?:ping|keepalive)(?:\r\n|\n|\r)data:.*|[\r\n]/y;

/**
 * Whether a provider says something yet. To the transport all bytes are signs of life, and a proxy in front of a dead
 * model may send comments for ever. Each of them is the moment to look how long it has been: no timer, and while there
 * is news, no clock.
 */
export class Silence {
  readonly #clock: Clock;
  readonly #longestMs: number;
  #sinceMs: number | undefined;

  constructor({ clock, timeouts }: Pick<Work, 'clock' | 'timeouts'>) {
    this.#clock = clock;
    this.#longestMs = timeouts.idleMs * IDLE_TIMES;
  }

  /** Throws `stalled` when it has lasted too long. */
  hear(bytes: Uint8Array): void {
    if (!saysNothing(bytes)) {
      this.#sinceMs = undefined;
      return;
    }
    const now = this.#clock.now();
    this.#sinceMs ??= now;
    if (now - this.#sinceMs < this.#longestMs) return;
    throw new GatewayError('stalled', 'The provider sent nothing but comments and pings');
  }
}

/** A ping that arrives in two parts passes for news: the next one does not. */
function saysNothing(bytes: Uint8Array): boolean {
  if (!mayBeNothing(bytes)) return false;
  const text = latin1(bytes);
  NOTHING.lastIndex = 0;
  while (NOTHING.lastIndex < text.length) if (!NOTHING.test(text)) return false;
  return true;
}

function mayBeNothing(bytes: Uint8Array): boolean {
  const [first] = bytes;
  const name = bytes[NAME_AT];
  return first === COLON || first === LF || first === CR || (first === E && (name === P || name === K));
}
