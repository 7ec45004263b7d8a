/** Every view on a ledger filled by real requests: what it says is what the API says. */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { go, hasBrowser, openBrowser, signIn, visit, type Watched, WHY_SKIPPED } from './browser.ts';
import { CLIENT_KEY, fill, type House, LAB_KEY, openHouse, TOKEN } from './house.ts';

if (!hasBrowser) console.warn(`test/web: skipped: ${WHY_SKIPPED}`);

/** Throws where it does not come. */
async function seen(locator: Locator, timeoutMs = 10_000): Promise<boolean> {
  await locator.waitFor({ timeout: timeoutMs });
  return true;
}

interface Usage {
  data: { value?: string; requests: number; failures: number; costUsd: number }[];
}

describe.skipIf(!hasBrowser)('the page', () => {
  let house: House;
  let browser: Browser;
  let watched: Watched;
  let page: Page;

  beforeAll(async () => {
    [house, browser] = await Promise.all([openHouse(), openBrowser()]);
    await fill(house, 4);
  });
  beforeEach(async () => {
    watched = await visit(browser, {
      url: house.url,
      expected: /status of (400|401|404|502)|ERR_(INCOMPLETE_CHUNKED|EMPTY_RESPONSE|CONNECTION|SOCKET_NOT_CONNECTED)/,
    });
    page = watched.page;
  });
  afterEach(async () => {
    const { wrongs } = watched;
    await page.context().close();
    expect(wrongs).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });

  const usage = async (query = '') => (await house.admin(`/admin/v1/usage${query}`)) as Usage;
  const text = (name: string) => page.locator('main').getByText(name, { exact: true });

  describe('the token', () => {
    it('opens nothing where it is another one, and says so', async () => {
      await page.getByLabel('Admin token').fill('not-the-token-0123456789');
      await page.getByRole('button', { name: 'Open' }).click();
      await page.getByRole('alert').getByText('This is not the admin token').waitFor();
      expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    });

    it('is in this tab only, survives a reload, and is gone after signing out', async () => {
      await signIn(watched);
      await page.reload();
      await page.getByRole('heading', { name: 'Line' }).waitFor();
      const kept = await page.evaluate(() => [JSON.stringify(localStorage), document.cookie, location.href]);
      expect(kept.join()).not.toContain(TOKEN);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByLabel('Admin token').waitFor();
      expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    });
  });

  describe('Line', () => {
    it('counts what the ledger counts', async () => {
      await signIn(watched);
      const { data } = await usage();
      const [all] = data;
      await page
        .locator('.tile', { hasText: 'nobody waits' })
        .getByText(String(all?.requests), { exact: true })
        .waitFor();
      const succeeded = (1 - (all?.failures ?? 0) / (all?.requests ?? 1)) * 100;
      expect(await seen(text(`${succeeded.toFixed(1)} %`))).toBe(true);
    });

    it('shows every deployment that was asked, and its signal', async () => {
      await signIn(watched);
      const track = page.getByRole('article', { name: 'anthropic/claude-sonnet-5' });
      await track.getByText('Clear').waitFor();
      expect(await page.getByRole('article').count()).toBe(4);
    });

    it('says a bar by its keys, and has a table behind its chart', async () => {
      await signIn(watched);
      const plot = page.getByRole('slider', { name: /Requests, last hour/ });
      await plot.focus();
      await page.keyboard.press('Home');
      expect(await plot.getAttribute('aria-valuetext')).toMatch(/^\d\d:\d\d: 0 requests a minute$/);
      await page.keyboard.press('End');
      const last = await plot.getAttribute('aria-valuetext');
      await page.getByText('Table: Requests, last hour').click();
      const cells = await page.locator('.chart tbody tr').first().locator('th, td').allTextContents();
      expect(`${cells[0]}: ${cells[1]} requests a minute`).toBe(last);
    });

    it('shows a new request without being asked', async () => {
      await signIn(watched);
      const before = (await usage()).data[0]?.requests ?? 0;
      const tile = page.locator('.tile', { hasText: 'nobody waits' });
      await tile.getByText(String(before), { exact: true }).waitFor();
      await house.ask({ model: 'auto', messages: [{ role: 'user', content: 'Hi [practice: fast]' }] });
      await house.settle();
      expect(await seen(tile.getByText(String(before + 1), { exact: true }), 25_000)).toBe(true);
    });
  });

  describe('Requests', () => {
    it('lists them with what they cost, and opens one with its plan', async () => {
      await signIn(watched);
      await go(page, 'Requests');
      const page1 = (await house.admin('/admin/v1/requests?limit=50')) as {
        data: { requestId: string; asked: string }[];
      };
      await page.getByRole('table', { name: 'Requests, the newest first' }).waitFor();
      expect(await page.locator('tbody tr').count()).toBe(page1.data.length);
      const chosen = page1.data.findIndex(({ asked }) => asked === 'auto');
      await page.locator('tbody tr').nth(chosen).getByRole('link').first().click();
      await page.getByText(page1.data[chosen]?.requestId ?? '').waitFor();
      await page.getByText('Score (0 easy, 1 hard)').waitFor();
      await page.getByRole('heading', { name: 'Candidates, in order' }).waitFor();
      await page.getByText('The price row it was worked out with').click();
      await page.getByRole('table', { name: 'Attempts, in their order' }).waitFor();
    });

    it('filters by what is written, and keeps the filter in the address', async () => {
      await signIn(watched);
      await go(page, 'Requests');
      await page.getByLabel('outcome').fill('model_not_found');
      await page.getByText('This is all there is.').waitFor();
      await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1);
      expect(page.url()).toContain('#/requests?outcome=model_not_found');
      await page.reload();
      await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1);
      await page.getByLabel('outcome').fill('nothing_like_it');
      await page.getByText('No request fits these filters.').waitFor();
    });

    it('shows the deployment that failed and the one that served', async () => {
      await signIn(watched);
      await go(page, 'Requests');
      await page.locator('tr', { hasText: 'failover' }).getByRole('link').first().click();
      const attempts = page.getByRole('table', { name: 'Attempts, in their order' });
      await attempts.getByText('fault').waitFor();
      expect(await seen(attempts.getByText('gemini/gemini-3.5-flash'))).toBe(true);
    });

    it('saves them as a file that has them all', async () => {
      await signIn(watched);
      await go(page, 'Requests');
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'as JSON Lines' }).click(),
      ]);
      const stream = await file.createReadStream();
      let lines = '';
      for await (const piece of stream) lines += String(piece);
      expect(lines.trim().split('\n').length).toBe((await usage()).data[0]?.requests);
    });
  });

  describe('Money', () => {
    it.each(['tenant', 'model', 'key'])('says by %s what the API says', async (by) => {
      await signIn(watched);
      await go(page, 'Money');
      await page.getByLabel('By', { exact: true }).selectOption(by);
      const { data } = await usage(`?by=${by}`);
      const table = page.getByRole('table', { name: new RegExp(`By ${by}, the dearest first`) });
      await table.waitFor();
      await table.getByText(data[0]?.value ?? '', { exact: true }).waitFor();
      const rows = await table
        .locator('tbody tr')
        .evaluateAll((all) => all.map((row) => [...row.querySelectorAll('th, td')].map((cell) => cell.textContent)));
      expect(rows.map(([name, , , requests]) => [name, requests])).toEqual(
        data.map(({ value, requests }) => [value || '(none)', String(requests)]),
      );
    });

    it('shows budgets with what is used of them', async () => {
      await signIn(watched);
      await go(page, 'Money');
      const row = page.getByRole('row', { name: /key shop budget: dollars a day/ });
      expect(await seen(row.getByText('$0.20', { exact: true }))).toBe(true);
    });
  });

  describe('Playground', () => {
    it('streams an answer, and says why beside it', async () => {
      await signIn(watched);
      await go(page, 'Playground');
      await page.getByText('no model is called, nothing is billed').first().waitFor();
      await page.getByLabel('Client key').fill(LAB_KEY);
      await page.getByLabel('User').fill('Design a queue that survives a crash');
      await page.getByRole('button', { name: 'Send' }).click();
      await page.getByText('This is a practice answer').waitFor();
      await page.getByText('See it in the ledger').waitFor();
      await page.getByRole('table', { name: 'Candidates, in the order to be tried' }).waitFor();
      await page.getByText('What it is made of').or(page.getByLabel('What it is made of')).first().waitFor();
      const kept = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage, location.href]));
      expect(kept).not.toContain(LAB_KEY);
    });

    it('compares two routes side by side, whole answers, too', async () => {
      await signIn(watched);
      await go(page, 'Playground');
      await page.getByLabel('Client key').fill(CLIENT_KEY);
      await page.getByLabel('Compare with').fill('gpt-5.5');
      await page.getByLabel('Streamed').uncheck();
      await page.getByRole('button', { name: 'Send' }).click();
      await page.getByRole('region', { name: 'Answer of auto' }).getByText('This is a practice answer').waitFor();
      expect(
        await seen(page.getByRole('region', { name: 'Answer of gpt-5.5' }).getByText('This is a practice answer')),
      ).toBe(true);
    });

    it('goes on from an answer, and begins anew', async () => {
      await signIn(watched);
      await go(page, 'Playground');
      await page.getByLabel('Client key').fill(CLIENT_KEY);
      await page.getByRole('button', { name: 'Send' }).click();
      await page.getByRole('button', { name: 'Go on from here' }).click();
      await page.getByLabel('User').fill('And the shortest?');
      await page.locator('pre', { hasText: '"role":"assistant"' }).waitFor();
      await page.getByRole('button', { name: 'Send' }).click();
      expect(await seen(page.getByText('You said: «And the shortest?»'))).toBe(true);
      await page.getByRole('button', { name: 'Begin anew' }).click();
      await page.locator('pre', { hasText: '"role":"assistant"' }).waitFor({ state: 'detached' });
    });

    it('says what is wrong with a key, and what is no JSON', async () => {
      await signIn(watched);
      await go(page, 'Playground');
      await page.getByLabel('Client key').fill('not-a-clients-key-01234');
      await page.getByText('This key is not known here').waitFor();
      await page.getByLabel('Client key').fill('');
      await page.getByText('Tools, schema, picture').click();
      await page.getByLabel('Tools').fill('{ no json');
      await page.getByRole('button', { name: 'Send' }).click();
      await page.getByRole('alert').getByText('Tools: this is no JSON').waitFor();
      await page.getByLabel('Tools').fill('');
      await page.getByRole('button', { name: 'Send' }).click();
      expect(await seen(page.getByRole('alert').getByText('Send your key as'))).toBe(true);
      await page.getByRole('heading', { name: 'Playground' }).waitFor(); // A client's 401 does not sign the operator out.
    });

    it('gives the request as code, without the key', async () => {
      await signIn(watched);
      await go(page, 'Playground');
      await page.getByLabel('Client key').fill(CLIENT_KEY);
      for (const [language, sign] of [
        ['curl', 'curl http'],
        ['Node', "import OpenAI from 'openai'"],
        ['Python', 'from openai import OpenAI'],
      ] as const) {
        await page.getByLabel('For').selectOption(language);
        await page.locator('pre', { hasText: sign }).waitFor();
        expect(await page.locator('pre').allTextContents()).not.toContain(CLIENT_KEY);
      }
    });
  });

  describe('Keys', () => {
    it("lives a key's whole life", async () => {
      await signIn(watched);
      await go(page, 'Keys');
      await page.getByRole('button', { name: 'New key' }).click();
      await page.getByLabel('Name', { exact: true }).fill('a key');
      await page.getByRole('button', { name: 'Make it' }).click();
      await page.getByRole('alert').getByText('use letters, digits').waitFor();
      await page.getByLabel('Name', { exact: true }).fill('intern');
      await page.getByLabel('budgets').fill('$1/day');
      await page.getByRole('button', { name: 'Make it' }).click();
      const secret = await page.locator('.secret').textContent();
      expect(secret).toMatch(/^sb-/);
      await page.getByRole('button', { name: 'I have it' }).click();
      const answered = await house.ask(
        { model: 'auto', messages: [{ role: 'user', content: 'Hi [practice: fast]' }] },
        { key: secret ?? '' },
      );
      expect(answered.status).toBe(200);
      expect(await page.content()).not.toContain(secret);

      const row = page.getByRole('row', { name: /intern/ });
      await row.getByText('$1 a day').waitFor();
      await row.getByRole('button', { name: 'change intern' }).click();
      await page.getByLabel('budgets').fill('');
      await page.getByLabel('models').fill('claude-*');
      await page.getByRole('button', { name: 'Change it' }).click();
      await row.getByText('models: claude-*').waitFor();

      await row.getByRole('button', { name: 'rotate intern' }).click();
      await page.getByLabel('The old secret').selectOption('0');
      await page.getByRole('button', { name: 'Make another secret' }).click();
      expect(await page.locator('.secret').textContent()).not.toBe(secret);
      await page.keyboard.press('Escape');

      await row.getByRole('button', { name: 'revoke intern' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Revoke intern' }).click();
      await row.getByText('revoked').waitFor();
      const refused = await house.ask(
        { model: 'auto', messages: [{ role: 'user', content: 'Hi' }] },
        { key: secret ?? '' },
      );
      expect(refused.status).toBe(401);
    });

    it('asks in a dialog that is open from its first moment: an Escape before the next paint closes it', async () => {
      await signIn(watched);
      await go(page, 'Keys');
      const newKey = page.getByRole('button', { name: 'New key' });
      expect(await newKey.evaluate(openAfterRender)).toBe(true);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    });

    it('makes a tenant, changes it and deletes it', async () => {
      await signIn(watched);
      await go(page, 'Keys');
      await page.getByRole('button', { name: 'New tenant' }).click();
      await page.getByLabel('Name', { exact: true }).fill('night');
      await page.getByLabel('Below the tenant').fill('nobody-like-that');
      await page.getByRole('button', { name: 'Make it' }).click();
      await page.getByRole('alert').waitFor();
      await page.getByLabel('Below the tenant').fill('acme');
      await page.getByLabel('limits').fill('60 requests/minute');
      await page.getByRole('button', { name: 'Make it' }).click();
      const row = page.getByRole('row', { name: /night/ });
      expect(await seen(row.getByText('60 requests a minute'))).toBe(true);
      await row.getByRole('button', { name: 'delete night' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Delete night' }).click();
      await row.waitFor({ state: 'detached' });
    });
  });

  it('shows the rules in force', async () => {
    await signIn(watched);
    await go(page, 'Rules');
    const rules = (await house.admin('/admin/v1/rules')) as { rules: unknown[] };
    await page.getByRole('heading', { name: `${rules.rules.length} rules, read from the top` }).waitFor();
    await page.getByText('All of it, without its secrets').click();
    expect(await page.locator('main').textContent()).not.toContain(CLIENT_KEY);
  });

  it('keeps what it knew when nobody is at home, says so, and comes back by itself', async () => {
    await signIn(watched);
    await go(page, 'Requests');
    await page.locator('tbody tr').first().waitFor();
    house.leave();
    await page.getByText('It is tried again by itself').first().waitFor({ timeout: 20_000 });
    expect(await page.locator('tbody tr').count()).toBeGreaterThan(10);
    house.comeBack();
    await page.getByText('It is tried again by itself').first().waitFor({ state: 'detached', timeout: 30_000 });
  });

  it('says what a view cannot show, and shows it when asked again', async () => {
    await signIn(watched);
    house.leave();
    await go(page, 'Rules');
    await page.getByRole('alert').getByText('Cannot show the rules.').waitFor();
    house.comeBack();
    const alert = page.getByRole('alert').filter({ hasText: 'Cannot show the rules.' });
    await alert.getByRole('button', { name: 'Try again' }).click();
    expect(await seen(page.getByRole('heading', { name: /read from the top/ }))).toBe(true);
  });
});

/** In the browser: is the dialog of this button open once it is rendered, within the turn of the click? */
async function openAfterRender(button: HTMLElement | SVGElement): Promise<boolean> {
  button.dispatchEvent(new MouseEvent('click', { bubbles: true }));
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  return document.querySelector('dialog')?.open === true;
}
