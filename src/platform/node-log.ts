/**
 * JSON lines on the standard output, through pino. The lines of one turn of the event loop are handed over together: each
 * time costs as much as a line. Written on another thread, so that a slow reader stops nobody.
 */
import { writeSync } from 'node:fs';
import pino from 'pino';
import type { Log, LogLevel } from './log.ts';
import { atEndOfTurn } from './turn.ts';

const STANDARD_OUTPUT = 1;

export function nodeLog(level: LogLevel): Log {
  const output = pino.destination(STANDARD_OUTPUT);
  let lines = '';
  const flush = () => {
    output.write(lines);
    lines = '';
  };
  process.once('exit', () => {
    if (lines !== '') writeSync(STANDARD_OUTPUT, lines);
  });
  const write = (line: string) => {
    if (lines === '') atEndOfTurn(flush);
    lines += line;
  };
  return pino({ level, base: null, messageKey: 'message' }, { write });
}
