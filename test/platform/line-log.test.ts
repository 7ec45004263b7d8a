import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { LineWriter, type Write } from '../../src/platform/line-writer.ts';
import { lineLog, type LogLevel } from '../../src/platform/log.ts';

function logged(level: LogLevel) {
  const lines: string[] = [];
  return { lines, log: lineLog(level, (line) => void lines.push(line), { now: () => 1_767_225_600_000 }) };
}

describe('a line of the log', () => {
  it('has its severity, its time, what is told and the message, and leaves out what is undefined', () => {
    const { lines, log } = logged('info');
    log.info({ key: 'shop "one"', outcome: undefined, attempts: ['a ok'] }, 'request');
    log.warn({}, 'well again');
    log.error({ cause: 'a\nb' }, 'fails');
    expect(lines).toEqual([
      '{"level":30,"time":1767225600000,"key":"shop \\"one\\"","attempts":["a ok"],"message":"request"}\n',
      '{"level":40,"time":1767225600000,"message":"well again"}\n',
      '{"level":50,"time":1767225600000,"cause":"a\\nb","message":"fails"}\n',
    ]);
  });

  it.each([
    ['debug', ['info', 'warn', 'error']],
    ['info', ['info', 'warn', 'error']],
    ['warn', ['warn', 'error']],
    ['error', ['error']],
    ['silent', []],
  ] as const)('is written at level %s for %j', (level, written) => {
    const { lines, log } = logged(level);
    for (const severity of ['info', 'warn', 'error'] as const) log[severity]({}, severity);
    expect(lines.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual(written);
  });
});

interface Sink {
  writes: string[];
  write: Write;
  /** The outcome of the write under way. */
  end: (outcome: number | { code: string }) => void;
}

function sink(): Sink {
  const writes: string[] = [];
  let under: Parameters<Write>[2] | undefined;
  return {
    writes,
    write(_fd, bytes, done) {
      writes.push(Buffer.from(bytes).toString());
      under = done;
    },
    end(outcome) {
      if (typeof outcome === 'number') under?.(null, outcome);
      else under?.(Object.assign(new Error(outcome.code), outcome), 0);
    },
  };
}

describe('the writer of lines', () => {
  it('writes those of a turn together, and the next ones when they are through', async () => {
    const { writes, write, end } = sink();
    const writer = new LineWriter(1, write);
    writer.write('one\n');
    writer.write('two\n');
    await turn();
    writer.write('three\n');
    writer.write('four\n');
    await turn();
    expect(writes).toEqual(['one\ntwo\n']);
    end(8);
    expect(writes).toEqual(['one\ntwo\n', 'three\nfour\n']);
    end(11);
    writer.write('five\n');
    await turn();
    expect(writes).toEqual(['one\ntwo\n', 'three\nfour\n', 'five\n']);
  });

  it('goes on where a write stopped, in the middle of a letter too', async () => {
    const { writes, write, end } = sink();
    new LineWriter(1, write).write('für\n');
    await turn();
    end(2);
    end(3);
    expect(writes).toEqual(['für\n', Buffer.from('für\n').subarray(2).toString()]);
  });

  it('tries a full pipe again', async () => {
    const { writes, write, end } = sink();
    new LineWriter(1, write).write('one\n');
    await turn();
    end({ code: 'EAGAIN' });
    await expect.poll(() => writes).toEqual(['one\n', 'one\n']);
  });

  it('writes no more where nobody reads any more', async () => {
    const { writes, write, end } = sink();
    const writer = new LineWriter(1, write);
    writer.write('one\n');
    await turn();
    writer.write('two\n');
    end({ code: 'EPIPE' });
    writer.write('three\n');
    await turn();
    expect(writes).toEqual(['one\n']);
  });

  it('says with the next line how many a full disk has lost, and does not ask it in a circle', async () => {
    const { writes, write, end } = sink();
    const writer = new LineWriter(1, write);
    writer.write('one\ntwo\n');
    await turn();
    end({ code: 'ENOSPC' });
    await turn();
    expect(writes).toEqual(['one\ntwo\n']);
    writer.write('three\n');
    await turn();
    expect(writes[1]).toMatch(/^three\n\{"level":40,"time":\d+,"lines":2,"message":"lines of the log were lost"\}\n$/);
  });

  it('keeps 16 MB for a reader who stands still, and counts what comes then', async () => {
    const { writes, write, end } = sink();
    const writer = new LineWriter(1, write);
    writer.write('first\n');
    await turn();
    const megabyte = `${'x'.repeat(1024 * 1024 - 1)}\n`;
    for (let line = 0; line < 20; line += 1) writer.write(megabyte);
    end(6);
    expect(writes[1]?.length).toBeGreaterThan(16 * 1024 * 1024);
    expect(writes[1]?.slice(17 * 1024 * 1024)).toContain('"lines":3,');
  });

  it.each([
    ['is asked to exit in mid-turn', 'process.exit(0)'],
    ['has nothing left to do', ''],
  ])('loses nothing when the process %s', async (_when, end) => {
    const { stdout, status } = await ended(`for (let n = 0; n < 5_000; n += 1) writer.write(n + '\\n'); ${end}`);
    expect(status).toBe(0);
    expect(stdout.split('\n')).toEqual([...Array.from({ length: 5_000 }, (_, index) => String(index)), '']);
  });

  it('does not keep a process from its end whose pipe nobody reads', async () => {
    const child = run(`process.stdout; writer.write('x'.repeat(1024 * 1024) + '\\n'); setTimeout(() => {}, 100)`);
    const outcome = await Promise.race([once(child, 'exit'), pause(30_000, 'still there')]);
    child.kill('SIGKILL');
    expect(outcome).toEqual([0, null]);
  });
});

const MODULE = join(import.meta.dirname, '../../src/platform/line-writer.ts');

function run(code: string) {
  const script = `import { LineWriter } from ${JSON.stringify(MODULE)};
const writer = new LineWriter(1);
process.on('exit', () => writer.flush());
${code}`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function ended(code: string) {
  const child = run(code);
  const [stdout, [status]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return { stdout, status: status as number };
}
