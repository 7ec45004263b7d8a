import { it } from 'vitest';
import { writeFileSync } from 'node:fs';
import { COLUMNS, COLUMN_NAMES } from './columns.ts';
import { TEXT } from './features-text.ts';
import { TOOLS } from './features-tools.ts';
import { OUTPUT } from './features-output.ts';
import { TROUBLE } from './features-trouble.ts';
import { judge } from './judge.ts';
it('probe', async () => {
  const out: string[] = [];
  for (const f of [...TEXT, ...TOOLS, ...OUTPUT, ...TROUBLE]) {
    out.push(`## ${f.name}`);
    for (const c of COLUMN_NAMES) {
      const v: string[] = [];
      for (const s of [false, true]) {
        v.push(
          await Promise.race([
            judge(f, COLUMNS[c], s),
            new Promise<string>((r) => setTimeout(() => r('TIMEOUT'), 5000)),
          ]).catch(
            (e: any) =>
              `BROKEN ${e.status ?? ''} ${e.code ?? ''} ${e.param ?? ''} ${String(e.message).slice(0, 260).replaceAll('\n', ' ')}`,
          ),
        );
      }
      out.push(`  ${c.padEnd(12)} ${v[0] === v[1] ? v[0] : v.join('  |  ')}`);
    }
  }
  writeFileSync('/tmp/probe.txt', out.join('\n'));
}, 300000);
