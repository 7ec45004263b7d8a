/** Pictures of the page for the documentation: npm run screenshots */
import { mkdirSync } from 'node:fs';
import { go, openBrowser, signIn, visit, WIDTHS } from '../test/web/browser.ts';
import { CLIENT_KEY, fill, LAB_KEY, openHouse } from '../test/web/house.ts';

const PLACE = process.argv[2] ?? 'docs/screenshots';
const VIEWS = ['Line', 'Requests', 'Money', 'Playground', 'Keys', 'Rules'];
/** OpenAI says that its key is not one: the deployment is parked until somebody mends it. */
const TROUBLE = {
  model: 'gpt-5.5',
  messages: [{ role: 'user', content: 'Hello [practice: openai status=401] [practice: fast]' }],
};

mkdirSync(PLACE, { recursive: true });
const browser = await openBrowser();
for (const [theme, width] of [
  ['light', WIDTHS.desk],
  ['dark', WIDTHS.desk],
  ['light', WIDTHS.phone],
] as const) {
  const house = await openHouse();
  await fill(house);
  const watched = await visit(browser, { url: house.url, theme, width });
  const { page } = watched;
  const shoot = async (name: string) => {
    await page.waitForTimeout(700);
    const suffix = width === WIDTHS.phone ? 'phone' : theme;
    await page.screenshot({ path: `${PLACE}/${name}-${suffix}.png`, fullPage: true });
  };
  await signIn(watched);
  for (const view of VIEWS) {
    await go(page, view);
    if (view === 'Playground') {
      await page.getByLabel('Client key').fill(CLIENT_KEY);
      await page.getByLabel('Compare with').fill('gpt-5.5');
      await page.getByRole('button', { name: 'Send' }).click();
      await page.getByText('See it in the ledger').nth(1).waitFor();
    }
    await shoot(view.toLowerCase());
    if (view !== 'Requests') continue;
    await page.locator('tbody a').nth(6).click();
    await page.getByRole('heading', { name: 'Why it went there' }).waitFor();
    await shoot('request');
  }
  await house.ask(TROUBLE, { key: LAB_KEY });
  await go(page, 'Line');
  await page.getByText('Mend the credential').waitFor();
  await shoot('line-trouble');
  for (const wrong of watched.wrongs) console.error(wrong);
  await page.context().close();
  await house.close();
}
await browser.close();
