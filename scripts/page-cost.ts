/**
 * What an open page costs the router: node scripts/page-cost.ts [SECONDS]. A server of its own on practice providers; its
 * processor time by /proc, with the page closed and open, idle and with five requests a second.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { go, openBrowser, signIn, visit } from '../test/web/browser.ts';
import { TOKEN } from '../test/web/house.ts';

const SECONDS = Number(process.argv[2] ?? 60);
const TICKS_PER_SECOND = 100; // USER_HZ, on every Linux that is about.
const EVERY_MS = 200;

const folder = mkdtempSync(join(tmpdir(), 'signalbox-cost-'));
writeFileSync(
  join(folder, 'signalbox.yaml'),
  `server: { port: 0 }\nadmin: { port: 0, token: ${TOKEN} }\nstore: { path: ledger.db }\nlog: { level: error }\n`,
);
const router = spawn(process.execPath, ['bin/signalbox.js', '--config', join(folder, 'signalbox.yaml')], {
  env: { PATH: process.env.PATH },
  stdio: ['ignore', 'pipe', 'inherit'],
});
let said = '';
router.stdout.on('data', (data: Buffer) => (said += data.toString()));
const addressIn = async (pattern: RegExp) => {
  for (let turn = 0; turn < 100; turn += 1) {
    const [, address] = pattern.exec(said) ?? [];
    if (address !== undefined) return address;
    await sleep(100);
  }
  throw new Error(`The router did not start: ${said}`);
};
const api = await addressIn(/listens on (\S+)/);
const admin = (await addressIn(/admin: (\S+)\/admin/)).replace(/\/$/, '');

const cpuSeconds = () => {
  const fields = readFileSync(`/proc/${router.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
};
const ask = async () => {
  const body = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Hello [practice: fast]' }] });
  const headers = { 'content-type': 'application/json' };
  await (await fetch(`${api}/chat/completions`, { method: 'POST', headers, body })).text();
};

async function shareOver(hasTraffic: boolean): Promise<number> {
  const [from, fromMs] = [cpuSeconds(), performance.now()];
  const traffic = hasTraffic ? setInterval(() => void ask(), EVERY_MS) : undefined;
  await sleep(SECONDS * 1_000);
  clearInterval(traffic);
  return (cpuSeconds() - from) / ((performance.now() - fromMs) / 1_000);
}

const browser = await openBrowser();
try {
  for (let turn = 0; turn < 50; turn += 1) await ask();
  for (const hasTraffic of [false, true]) {
    const closed = await shareOver(hasTraffic);
    for (const view of ['Line', 'Requests']) {
      const watched = await visit(browser, { url: admin });
      await signIn(watched);
      await go(watched.page, view);
      await sleep(3_000);
      const open = await shareOver(hasTraffic);
      await watched.page.context().close();
      const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
      console.log(
        `${hasTraffic ? '5 requests/s' : 'idle'}: closed ${percent(closed)}, ${view} open ${percent(open)}, difference ${percent(open - closed)}`,
      );
    }
  }
} finally {
  await browser.close();
  router.kill('SIGTERM');
}
