/** For eyes, ears and keys: every view in both themes and three widths by axe, and by keyboard alone. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { go, hasBrowser, openBrowser, signIn, visit, WIDTHS } from './browser.ts';
import { CLIENT_KEY, fill, type House, LAB_KEY, openHouse, TOKEN } from './house.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const VIEWS = ['Line', 'Requests', 'Money', 'Playground', 'Keys', 'Rules'];

interface Found {
  violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
}

/** By the debugger's way in: the page's own policy lets nothing in. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const run = `axe.run(document, { runOnly: ${JSON.stringify(TAGS)} })`;
  const found = (await page.evaluate(run)) as Found;
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
  );
}

/** A mistake, a trial and what would change. */
async function rulesByAxe(page: Page, look: (where: string) => Promise<void>): Promise<void> {
  const rules = page.getByRole('textbox', { name: 'Rules' });
  await rules.fill('rules:\n  - { name: a, do: { tier: opsu } }\n');
  await page.getByText('1 mistake').waitFor();
  await look('A mistake in the rules');
  await rules.fill(`rules:\n  - { name: at ${Date.now()}, do: { tier: sonnet } }\n`);
  await page.getByRole('button', { name: 'Try on recent requests' }).click();
  await page.getByRole('heading', { name: /recent requests?/ }).waitFor();
  await look('A trial of rules');
  await page.getByRole('button', { name: 'Apply…' }).click();
  await look('A change of rules');
  await page.getByRole('button', { name: 'Put them in force' }).click();
  await page
    .getByRole('button', { name: /See version/ })
    .first()
    .waitFor();
  await look('A history of rules');
}

describe.skipIf(!hasBrowser)('whoever they are', () => {
  let house: House;
  let browser: Browser;

  beforeAll(async () => {
    [house, browser] = await Promise.all([openHouse(), openBrowser()]);
    await fill(house, 3);
  });
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });

  describe.each(['light', 'dark'] as const)('in the %s', (theme) => {
    it.each(Object.entries(WIDTHS))('axe finds nothing on a %s', async (_device, width) => {
      const messages = [{ role: 'user', content: 'Hello [practice: openai status=401] [practice: fast]' }];
      await house.ask({ model: 'gpt-5.5', messages }, { key: LAB_KEY }); // So that something needs somebody.
      const watched = await visit(browser, { url: house.url, theme, width });
      const { page } = watched;
      const found: string[] = [];
      const look = async (where: string) => {
        found.push(...(await violations(page)).map((violation) => `${where}: ${violation}`));
        const isTooWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        if (isTooWide) found.push(`${where} scrolls sideways`);
      };
      await look('Sign in');
      await signIn(watched);
      await page.getByText('Mend the credential').first().waitFor();
      for (const view of VIEWS) {
        await go(page, view);
        await page.locator('.card').first().waitFor();
        await look(view);
      }
      await go(page, 'Requests');
      await page.locator('tbody a').first().click();
      await page.getByRole('heading', { name: 'Why it went there' }).waitFor();
      await look('One request');
      await go(page, 'Playground');
      await page.getByLabel('Client key').fill(CLIENT_KEY);
      await page.getByRole('button', { name: 'Send' }).click();
      await page.getByText('See it in the ledger').waitFor();
      await look('An answer');
      await go(page, 'Keys');
      await page.getByRole('button', { name: 'New key' }).click();
      await look('A dialog');
      await page.keyboard.press('Escape');
      await go(page, 'Rules');
      const rules = page.getByRole('textbox', { name: 'Rules' });
      if (await rules.isEditable()) await rulesByAxe(page, look);
      await page.context().close();
      expect(found).toEqual([]);
      expect(watched.wrongs).toEqual([]);
    });
  });

  it('goes everywhere by keys alone', async () => {
    const { page } = await visit(browser, { url: house.url });
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');
    await page.getByLabel('Admin token').focus();
    await page.keyboard.type(TOKEN);
    await press('Enter');
    await page.getByRole('heading', { name: 'Line' }).waitFor();
    await press('Tab');
    expect(await focused()).toContain('To the content');
    await press('Tab', 'Tab', 'Tab');
    expect(await focused()).toBe('Requests');
    await press('Enter');
    await page.getByRole('heading', { name: 'Requests' }).waitFor();
    await page.waitForFunction(() => document.activeElement?.id === 'main');
    await page.goto(`${house.url}/admin#/keys`);
    await page.getByRole('button', { name: 'New key' }).waitFor();
    // Another page takes the focus to its beginning, once it is painted.
    await page.evaluate(() => new Promise((later) => requestAnimationFrame(() => requestAnimationFrame(later))));
    await page.getByRole('button', { name: 'New key' }).focus();
    await press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.waitForFunction(() => document.activeElement?.closest('dialog'));
    await press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await focused()).toBe('New key');
    await page.context().close();
  });
});
