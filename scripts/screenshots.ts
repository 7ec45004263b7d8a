/** Pictures of the page for the documentation: npm run screenshots */
import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { go, openBrowser, signIn, visit, WIDTHS } from '../test/web/browser.ts';
import { CLIENT_KEY, fill, LAB_KEY, openHouse } from '../test/web/house.ts';

const PLACE = process.argv[2] ?? 'docs/screenshots';

/** Each by its way there. */
const PICTURES: Record<string, (page: Page) => Promise<void>> = {
  line: (page) => go(page, 'Line'),
  requests: (page) => go(page, 'Requests'),
  request: async (page) => {
    await go(page, 'Requests');
    await page.locator('tr', { hasText: 'failover' }).filter({ hasText: 'auto' }).getByRole('link').first().click();
    await page.getByRole('heading', { name: 'Why it went there' }).waitFor();
  },
  money: (page) => go(page, 'Money'),
  playground: async (page) => {
    await go(page, 'Playground');
    await page.getByLabel('Client key').fill(CLIENT_KEY);
    await page.getByLabel('Compare with').fill('gpt-5.5');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('See it in the ledger').nth(1).waitFor();
  },
  keys: (page) => go(page, 'Keys'),
  rules: async (page) => {
    await go(page, 'Rules');
    const rules = page.getByRole('textbox', { name: 'Rules' });
    await rules.fill(`${await rules.inputValue()}${TRIED}`);
    await page.getByText('It has no mistakes.').waitFor();
    await page.getByRole('button', { name: 'Try on recent requests' }).click();
    await page.getByRole('heading', { name: /recent requests?/ }).waitFor();
  },
};

/** As somebody might write it, to see what it would save. */
const TRIED = '  - { name: thrifty, do: { atMost: sonnet } } # not yet\n';

const SERIES = [
  { suffix: 'light', theme: 'light', width: WIDTHS.desk, names: Object.keys(PICTURES) },
  { suffix: 'dark', theme: 'dark', width: WIDTHS.desk, names: ['line', 'playground', 'rules'] },
  { suffix: 'phone', theme: 'light', width: WIDTHS.phone, names: ['line', 'requests', 'rules'] },
] as const;

/** OpenAI says that its key is not one: the deployment is parked until somebody mends it. */
const TROUBLE = 'Hello [practice: openai status=401] [practice: fast]';

/** Anthropic is too busy: another one answers. */
const BUSY = 'Design a cache, step by step [practice: anthropic status=529] [practice: fast]';

mkdirSync(PLACE, { recursive: true });
const browser = await openBrowser();
for (const { suffix, theme, width, names } of SERIES) {
  const house = await openHouse();
  await fill(house);
  await house.admin('/admin/v1/keys', { name: 'intern', tenant: 'research', owner: 'Ada', budgets: '$1/day' });
  if (suffix === 'light') await house.ask({ model: 'auto', messages: [{ role: 'user', content: BUSY }] });
  if (suffix === 'dark') {
    await house.ask({ model: 'gpt-5.5', messages: [{ role: 'user', content: TROUBLE }] }, { key: LAB_KEY });
  }
  await house.settle();
  const watched = await visit(browser, { url: house.url, theme, width });
  const { page } = watched;
  await signIn(watched);
  for (const name of names) {
    await PICTURES[name]?.(page);
    await page.waitForTimeout(700); // Charts have their width then.
    await page.screenshot({ path: `${PLACE}/${name}-${suffix}.png`, fullPage: true });
  }
  for (const wrong of watched.wrongs) console.error(wrong);
  await page.context().close();
  await house.close();
}
await browser.close();
