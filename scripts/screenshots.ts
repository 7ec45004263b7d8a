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
    await page.locator('tr', { hasText: 'failover' }).getByRole('link').first().click();
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
  rules: (page) => go(page, 'Rules'),
};

const SERIES = [
  { suffix: 'light', theme: 'light', width: WIDTHS.desk, names: Object.keys(PICTURES) },
  { suffix: 'dark', theme: 'dark', width: WIDTHS.desk, names: ['line', 'playground'] },
  { suffix: 'phone', theme: 'light', width: WIDTHS.phone, names: ['line', 'requests'] },
] as const;

/** OpenAI says that its key is not one: the deployment is parked until somebody mends it. */
const TROUBLE = 'Hello [practice: openai status=401] [practice: fast]';

mkdirSync(PLACE, { recursive: true });
const browser = await openBrowser();
for (const { suffix, theme, width, names } of SERIES) {
  const house = await openHouse();
  await fill(house);
  await house.admin('/admin/v1/keys', { name: 'intern', tenant: 'research', owner: 'Ada', budgets: '$1/day' });
  if (suffix === 'dark') {
    await house.ask({ model: 'gpt-5.5', messages: [{ role: 'user', content: TROUBLE }] }, { key: LAB_KEY });
  }
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
