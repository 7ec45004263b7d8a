/**
 * Faults behind the first word. A stream's client has it already: it is told, and nobody else is asked. One who asked
 * for a whole answer has nothing yet, even where the router reads a stream for it.
 */
import type { Script } from './providers.ts';
import { type Mode, SAVED, type Row } from './row.ts';
import { answers, closes, type Ending, hangsUp, resets, says, stays, streams, withLength } from './scripts.ts';
import type { Wire } from './wires.ts';

const LIVE = ['live', 'gathered'] as const;
const WHOLE = ['whole'] as const;
type More = (wire: Wire) => string;
const begun = (then: Ending, more: More = () => '') =>
  streams(
    ({ wire }) => wire.open + wire.words('half'),
    then,
    ({ wire }) => more(wire),
  );
/** All of it in one packet. */
const atOnce = (then: Ending, more: More) => streams(({ wire }) => wire.open + wire.words('half') + more(wire), then);

/** What a stream's client is told is the same with and without another provider. */
function broken(fault: string, script: Script, end: string): Row {
  const [, code] = end.split(' ');
  return {
    fault,
    script,
    modes: LIVE,
    alone: { live: `200 "half" then ${code} (1)`, gathered: `${end} (3)` },
    helped: { live: `200 "half" then ${code} (1+0)`, gathered: SAVED },
  };
}

const TRUNCATED = '502 upstream_stream_truncated';
const STALLED = '504 upstream_stream_idle_timeout';
const FAULT = '502 upstream_error';

export const MID_STREAM: readonly Row[] = [
  broken('resets', begun(resets), TRUNCATED),
  broken('closes', begun(hangsUp), TRUNCATED),
  broken('ends its stream without an end', begun(closes), TRUNCATED),
  broken('stalls', begun(stays), STALLED),
  broken(
    'stalls in an event',
    begun(stays, ({ words }) => words('lost').slice(0, 30)),
    STALLED,
  ),
  broken(
    'ends in an event',
    begun(closes, ({ words }) => words('lost').slice(0, 60)),
    TRUNCATED,
  ),
  broken(
    'resets in an event',
    begun(resets, ({ end }) => end.slice(0, 60)),
    TRUNCATED,
  ),
  broken(
    'is overloaded',
    begun(closes, ({ errorEvent }) => errorEvent),
    '503 upstream_overloaded',
  ),
  broken(
    'is overloaded and stays',
    begun(stays, ({ errorEvent }) => errorEvent),
    '503 upstream_overloaded',
  ),
  broken(
    'streams no JSON',
    begun(closes, () => 'data: {"what?\n\n'),
    FAULT,
  ),
  broken(
    'goes on in HTML',
    begun(closes, () => '<html>\n\n<body>Bad gateway</body></html>\n\n'),
    TRUNCATED,
  ),
  broken(
    'garbles the chunks',
    begun((socket) => void socket.write('zz\r\n')),
    TRUNCATED,
  ),
  {
    fault: 'is overloaded in the packet of the first word, which nobody has seen',
    script: atOnce(closes, ({ errorEvent }) => errorEvent),
    modes: LIVE,
    alone: '503 upstream_overloaded (3)',
  },
];

/** The answer is complete: whatever follows is not the client's trouble. */
const complete = (fault: string, script: Script, modes: readonly Mode[] = LIVE): Row => ({
  fault,
  script,
  modes,
  alone: '200 "half" stop (1)',
  helped: '200 "half" stop (1+0)',
});
const ended = (then: Ending, more = '') => begun(then, ({ end }) => end + more);
const endedAtOnce = (then: Ending, more: More) => atOnce(then, (wire) => wire.end + more(wire));

export const AFTER_FINISH: readonly Row[] = [
  complete('ends', ended(closes)),
  complete('resets after its end', ended(resets)),
  complete('closes without the last chunk', ended(hangsUp)),
  { ...complete('stays open after its end', ended(stays)), idleMs: 2_500 },
  complete(
    'says an error after its end',
    begun(closes, ({ end, errorEvent }) => end + errorEvent),
  ),
  complete(
    'says an error after its end, at once',
    endedAtOnce(closes, ({ errorEvent }) => errorEvent),
  ),
  complete(
    'says more after its end',
    begun(closes, ({ end, words }) => end + words('more')),
  ),
  {
    ...complete(
      'says more after its end, at once',
      endedAtOnce(stays, ({ words }) => words('more')),
    ),
    idleMs: 2_500,
  },
  complete(
    'says an event without its end after its end',
    endedAtOnce(closes, ({ words }) => words('more').trimEnd()),
  ),
  complete('says garbage after its end', ended(closes, 'data: {what?\n\n<html>')),
  complete(
    'resets after a whole answer',
    says(({ wire }) => withLength(wire.answer('half')), resets),
    WHOLE,
  ),
  {
    ...complete(
      'says more than a whole answer',
      says(({ wire }) => `${withLength(wire.answer('half'))}HTTP/1.1 200 OK\r\n\r\n`),
      WHOLE,
    ),
    worker: { skip: 'workerd takes what is too much for the answer to the next request on that connection' },
  },
  complete(
    'closes after a whole answer',
    says(({ wire }) => withLength(wire.answer('half')), hangsUp),
    WHOLE,
  ),
  complete(
    'ends a whole answer by closing',
    says(({ wire }) => `HTTP/1.1 200 OK\r\n\r\n${wire.answer('half')}`, hangsUp),
    WHOLE,
  ),
  complete(
    'answers whole with status 201',
    answers(201, ({ wire }) => wire.answer('half')),
    WHOLE,
  ),
];
