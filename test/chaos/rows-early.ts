/** Faults before the first word: whole or streamed, another provider can still answer, and nobody notices. */
import type { Row } from './row.ts';
import { answers, closes, HEAD, half, hangsUp, resets, says, stays, streams } from './scripts.ts';

const UNREACHABLE = '502 upstream_unreachable (3)';
const TRUNCATED = '502 upstream_stream_truncated (3)';
const STALLED = '504 upstream_stream_idle_timeout (3)';
const FAULT = '502 upstream_error (3)';
const LIVE = ['live', 'gathered'] as const;
const WHOLE = ['whole'] as const;

export const BEFORE_HEAD: readonly Row[] = [
  { fault: 'refuses the connection', alone: '502 upstream_unreachable (0)', helped: '200 "saved" stop (0+1)' },
  { fault: 'resets when asked', script: says('', resets), alone: UNREACHABLE },
  { fault: 'closes when asked', script: says('', hangsUp), alone: UNREACHABLE },
  { fault: 'stays silent', script: says(''), alone: '504 upstream_timeout (3)' },
  { fault: 'closes in the head', script: says('HTTP/1.1 200 OK\r\ncontent-', hangsUp), alone: UNREACHABLE },
  { fault: 'falls silent in the head', script: says('HTTP/1.1 200 OK\r\ncontent-'), alone: '504 upstream_timeout (3)' },
  { fault: 'does not speak HTTP', script: says('SSH-2.0-OpenSSH_9.6\r\n'), alone: UNREACHABLE },
  { fault: 'says only 100 Continue', script: says('HTTP/1.1 100 Continue\r\n\r\n'), alone: '504 upstream_timeout (3)' },
  {
    fault: 'switches protocols',
    script: says('HTTP/1.1 101 Switching\r\nupgrade: h2c\r\n\r\n'),
    alone: UNREACHABLE,
    worker: { alone: FAULT },
  },
  {
    fault: 'gives two lengths',
    script: says('HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 9\r\n\r\nabcdefghi'),
    alone: UNREACHABLE,
  },
];

export const AFTER_HEAD: readonly Row[] = [
  { fault: 'resets after the head', script: says(HEAD, resets), alone: TRUNCATED },
  { fault: 'closes after the head', script: says(HEAD, hangsUp), alone: TRUNCATED },
  { fault: 'falls silent after the head', script: says(HEAD), alone: STALLED },
  { fault: 'garbles the chunks', script: says(`${HEAD}what?\r\n`), alone: TRUNCATED },
  {
    fault: 'says 200 and nothing',
    script: answers(200, ''),
    alone: { whole: FAULT, live: TRUNCATED, gathered: TRUNCATED },
    modes: ['whole', ...LIVE],
  },
  {
    fault: 'says 204',
    script: answers(204, '', ''),
    alone: { whole: FAULT, live: TRUNCATED, gathered: TRUNCATED },
    modes: ['whole', ...LIVE],
  },
  {
    fault: 'says 200 and a page of HTML',
    script: answers(200, '<html><body>Bad gateway</body></html>', 'content-type: text/html\r\n'),
    alone: { whole: FAULT, live: TRUNCATED, gathered: TRUNCATED },
    modes: ['whole', ...LIVE],
  },
  {
    fault: 'says an error under 200',
    script: answers(200, ({ wire }) => wire.error),
    alone: { whole: '503 upstream_overloaded (3)', live: TRUNCATED, gathered: TRUNCATED },
    modes: ['whole', ...LIVE],
  },
  { fault: 'says 307 to elsewhere', script: answers(307, '', 'location: http://127.0.0.1:1/x\r\n'), alone: FAULT },
];

export const MID_BODY: readonly Row[] = [
  { fault: 'cuts the JSON cleanly', script: half(closes), alone: FAULT, modes: WHOLE },
  { fault: 'resets in the JSON', script: half(resets), alone: TRUNCATED, modes: WHOLE },
  { fault: 'closes in the JSON', script: half(hangsUp), alone: TRUNCATED, modes: WHOLE },
  { fault: 'stalls in the JSON', script: half(stays), alone: STALLED, modes: WHOLE },
  {
    fault: 'closes before the length it gave',
    script: says(({ wire }) => `HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n${wire.answer('half')}`, hangsUp),
    alone: TRUNCATED,
    modes: WHOLE,
  },
  {
    fault: 'answers a JSON that is no answer',
    script: answers(200, '{"choices":[],"content":"x"}'),
    alone: FAULT,
    modes: WHOLE,
  },
  { fault: 'answers a JSON null', script: answers(200, 'null'), alone: FAULT, modes: WHOLE },
];

export const BEFORE_WORDS: readonly Row[] = [
  {
    fault: 'resets before the first word',
    script: streams(({ wire }) => wire.open, resets),
    alone: TRUNCATED,
    modes: LIVE,
  },
  {
    fault: 'ends before the first word',
    script: streams(({ wire }) => wire.open, closes),
    alone: TRUNCATED,
    modes: LIVE,
  },
  {
    fault: 'stalls before the first word',
    script: streams(({ wire }) => wire.open, stays),
    alone: STALLED,
    modes: LIVE,
  },
  {
    fault: 'is overloaded before the first word',
    script: streams(({ wire }) => wire.open + wire.errorEvent, closes),
    alone: '503 upstream_overloaded (3)',
    modes: LIVE,
  },
  { fault: 'streams no JSON', script: streams('data: what?\n\n', closes), alone: FAULT, modes: LIVE },
  {
    fault: 'streams HTML',
    script: streams('<html>\n\n<body>Bad gateway</body></html>\n\n', closes),
    alone: TRUNCATED,
    modes: LIVE,
  },
];
