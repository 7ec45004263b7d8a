/** Rules changed from the page, live updates, savings and what is dropped: on the router's own configuration file. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { go, hasBrowser, openBrowser, signIn, visit, type Watched } from './browser.ts';
import { fill, type House, openHouse } from './house.ts';

interface Document {
  text: string;
  etag: string;
}

describe.skipIf(!hasBrowser)('the page on a router with a configuration file', () => {
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
      expected: /status of (400|404|409|502)|ERR_(INCOMPLETE_CHUNKED|EMPTY_RESPONSE|CONNECTION|SOCKET_NOT_CONNECTED)/,
    });
    page = watched.page;
    await signIn(watched);
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

  const inForce = async () => (await house.admin('/admin/v1/rules/document')) as Document;
  const area = () => page.getByRole('textbox', { name: 'Rules' });
  const apply = () => page.getByRole('button', { name: 'Apply…' });

  describe('Rules', () => {
    beforeEach(() => go(page, 'Rules'));

    it('are tried on the requests of late, applied, seen in the history and put back', async () => {
      const before = await inForce();
      await page.getByText('It has no mistakes.').waitFor();
      expect(await area().inputValue()).toBe(before.text);
      expect(await apply().isDisabled()).toBe(true);
      const text = `# All to one.\nrules:\n  - { name: one for all, do: { tier: opus } }\n`;
      await area().fill(text);
      await page.getByText('It has no mistakes.').waitFor();
      await page.getByRole('button', { name: 'Try on recent requests' }).click();
      const trial = page.getByRole('region', { name: /recent requests/ });
      await trial.getByText(/requests? would go elsewhere/).waitFor();
      const { trial: told } = (await house.admin('/admin/v1/rules/trial', { text })) as { trial: { moved: number } };
      expect(await trial.getByText(/would go elsewhere/).textContent()).toMatch(new RegExp(`^${told.moved} request`));
      await trial.getByRole('table', { name: 'Moved by' }).getByText('one for all').first().waitFor();

      await apply().click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('region', { name: 'What changes' }).getByText('one for all').waitFor();
      await dialog.getByLabel('Who').fill('Ada');
      await dialog.getByLabel('Why').fill('only the best');
      await dialog.getByRole('button', { name: 'Put them in force' }).click();
      await page.getByText('In force, as version 2.').waitFor();
      await page.getByRole('table', { name: 'A guard has the last word' }).getByText('one for all').waitFor();
      expect(house.written()).toContain('# All to one.');
      expect(house.written()).toContain('rules: # The house');
      const answer = await house.ask({ model: 'auto', messages: [{ role: 'user', content: 'Hi [practice: fast]' }] });
      expect(answer.headers.get('x-signalbox-tier')).toBe('opus');

      const history = page.getByRole('table', { name: 'What the rules were, the newest first' });
      await history.getByText('only the best').waitFor();
      await history.getByRole('button', { name: 'See version 1…' }).click();
      await dialog.getByText('batch is cheap').waitFor();
      await dialog.getByRole('button', { name: 'Put them back' }).click();
      await history.getByText('back to version 1').waitFor();
      await page.waitForFunction(
        (was) => document.querySelector<HTMLTextAreaElement>('.numbered textarea')?.value === was,
        before.text,
      );
      expect((await inForce()).text).toBe(before.text);
    });

    it('with a mistake are told where it is, and cannot be applied', async () => {
      const before = house.written();
      await area().fill('rules:\n  - name: a\n    do: { tier: opsu }\n');
      await page.getByText('1 mistake: it cannot come into force.').waitFor();
      expect(await apply().isDisabled()).toBe(true);
      await page.getByRole('button', { name: 'Line 3' }).click();
      const chosen = await area().evaluate((element) => {
        const { value, selectionStart, selectionEnd } = element as HTMLTextAreaElement;
        return value.slice(selectionStart, selectionEnd);
      });
      expect(chosen).toBe('    do: { tier: opsu }');
      await page.getByRole('button', { name: 'Discard changes' }).click();
      await page.getByText('It has no mistakes.').waitFor();
      expect(house.written()).toBe(before);
    });

    it('that somebody else changes meanwhile are not written over', async () => {
      const { text } = await inForce();
      await area().fill('rules:\n  - { name: mine, do: { tier: haiku } }\n');
      house.write(house.written().replace('batch is cheap', 'batch is poor'));
      await page.getByText('The rules were changed meanwhile').waitFor({ timeout: 20_000 });
      expect(await apply().isDisabled()).toBe(true);
      await page.getByRole('button', { name: 'Keep mine, and compare with theirs' }).click();
      await apply().click();
      await page.getByRole('dialog').getByText('batch is poor').waitFor();
      await page.getByRole('button', { name: 'Not now' }).click();
      await page.getByRole('button', { name: 'Discard changes' }).click();
      expect(await area().inputValue()).toBe(text.replace('batch is cheap', 'batch is poor'));
    });

    it('that are changed in their file are shown by themselves', async () => {
      const table = page.getByRole('table', { name: 'A guard has the last word' });
      await table.waitFor();
      house.write(house.written().replace(/batch is \w+/, 'batch is new'));
      await table.getByText('batch is new').waitFor({ timeout: 10_000 });
      await page.waitForFunction(() =>
        document.querySelector<HTMLTextAreaElement>('.numbered textarea')?.value.includes('batch is new'),
      );
      expect(await page.getByText('changed meanwhile').count()).toBe(0);
    });
  });

  it('shows a request as it happens, told and not asked for', async () => {
    await go(page, 'Requests');
    await page.locator('tbody tr').first().waitFor();
    await page.getByText('told as it happens').waitFor();
    let asked = 0;
    page.on('request', (request) => (asked += Number(request.url().includes('/admin/v1/requests'))));
    await page.waitForTimeout(4_000); // Longer than it would poll.
    expect(asked).toBe(0);
    const answer = await house.ask({ model: 'auto', messages: [{ role: 'user', content: 'Hi [practice: fast]' }] });
    await answer.text();
    await house.settle();
    const id = answer.headers.get('x-signalbox-request-id') ?? answer.headers.get('x-request-id') ?? '';
    await page.locator(`a[href="#/requests/${id}"]`).waitFor({ timeout: 5_000 });
    expect(asked).toBeGreaterThan(0);
  });

  it('filters what went wrong, and what was asked for', async () => {
    await go(page, 'Requests');
    const all = (await house.admin('/admin/v1/requests?limit=200')) as { data: { outcome: string; asked: string }[] };
    const rows = () => page.locator('tbody tr').count();
    await page.getByLabel('outcome').fill('not_ok');
    const failed = all.data.filter(({ outcome }) => outcome !== 'ok').length;
    await expect.poll(rows).toBe(failed);
    await page.getByLabel('outcome').fill('');
    await page.getByLabel('asked for').fill('house-model');
    await expect.poll(rows).toBe(all.data.filter(({ asked }) => asked === 'house-model').length);
    expect(page.url()).toContain('asked=house-model');
  });

  it('says what made a score, in a request that is over', async () => {
    const all = (await house.admin('/admin/v1/requests?asked=auto')) as { data: { requestId: string }[] };
    await page.goto(`${house.url}/admin#/requests/${all.data.at(-1)?.requestId}`);
    await page.getByRole('heading', { name: 'What made the score' }).waitFor();
    expect(await page.getByRole('list', { name: 'What it is made of' }).locator('li').count()).toBeGreaterThan(2);
  });

  it('says who was dropped, and why', async () => {
    const content = [
      { type: 'text', text: 'What is this? [practice: fast]' },
      { type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } },
    ];
    const answer = await house.ask({ model: 'auto', messages: [{ role: 'user', content }] });
    await answer.text();
    await house.settle();
    await page.goto(`${house.url}/admin#/requests/${answer.headers.get('x-request-id')}`);
    const dropped = page.getByRole('table', { name: 'Dropped, and why' });
    await dropped.waitFor();
    expect(await dropped.getByText('does not take').count()).toBeGreaterThan(0);
  });

  it('says what has no price, and what the rules have saved', async () => {
    await go(page, 'Money');
    await page.getByText(/(1 request has|\d+ requests have) no known price/).waitFor();
    const saved = (await house.admin('/admin/v1/savings')) as { requests: number; costUsd: number; againstUsd: number };
    const card = page.getByRole('region', { name: /Saved by the rules/ });
    await card.getByText(`${saved.requests} requests`).waitFor();
    await card.getByText('first of the highest tier').waitFor();
    expect(saved.againstUsd).toBeGreaterThan(0);
  });

  it('asks again and again where nothing is told', async () => {
    await page.route('**/admin/v1/events', (route) => route.fulfill({ status: 502, body: 'a proxy says no' }));
    await go(page, 'Requests');
    await page.reload();
    await page.getByText('read every 3 seconds').waitFor();
    const answer = await house.ask({ model: 'auto', messages: [{ role: 'user', content: 'Hi [practice: fast]' }] });
    await answer.text();
    await house.settle();
    const row = page.locator(`a[href="#/requests/${answer.headers.get('x-request-id')}"]`);
    await row.waitFor({ timeout: 8_000 });
    expect(await row.count()).toBe(1);
  });
});
