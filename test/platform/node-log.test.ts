import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

const MODULE = new URL('../../src/platform/node-log.ts', import.meta.url).href;

/** What a process says: how often it wrote, and the messages that came out. */
function said(work: string): { writes: number; messages: string[] } {
  const script = `
    import fs from 'node:fs';
    const { write } = fs;
    let writes = 0;
    fs.write = (to, ...rest) => ((writes += to === 1 ? 1 : 0), write(to, ...rest));
    process.once('exit', () => fs.writeSync(2, String(writes)));
    const { nodeLog } = await import(${JSON.stringify(MODULE)});
    const log = nodeLog('info');
    ${work}`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
  });
  const messages = Array.from(stdout.matchAll(/^\{"level":30,.*"message":"(\w+)"\}$/gm), ([, message = '']) => message);
  return { writes: Number(stderr), messages };
}

it('writes the lines of a turn together', () => {
  const work = `
    log.info({ n: 1 }, 'one');
    log.info({ n: 2 }, 'two');
    setTimeout(() => log.info({ n: 3 }, 'three'), 50);`;
  expect(said(work)).toEqual({ writes: 2, messages: ['one', 'two', 'three'] });
});

it('loses no line to an exit in mid-turn', () => {
  expect(said("log.info({}, 'last'); process.exit(1);")).toEqual({ writes: 0, messages: ['last'] });
});
