/** Debian's Chromium, driven by playwright-core. Without it these tests are skipped: `apt-get install -y chromium`. */
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { TOKEN } from './house.ts';

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';

export const hasBrowser = existsSync(EXECUTABLE);
export const WHY_SKIPPED = `there is no ${EXECUTABLE}; apt-get install -y chromium, or set CHROMIUM`;

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: EXECUTABLE,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  });
}

export const WIDTHS = { phone: 390, tablet: 834, desk: 1440 } as const;

export interface Watched {
  page: Page;
  /** What a reader must never meet: errors in the console, requests that leave this address. */
  wrongs: string[];
}

export interface VisitOptions {
  url: string;
  width?: number;
  theme?: 'light' | 'dark';
  /** Failures that a test makes itself. */
  expected?: RegExp;
}

export async function visit(browser: Browser, options: VisitOptions): Promise<Watched> {
  const { url, width = WIDTHS.desk, theme = 'light', expected } = options;
  const context = await browser.newContext({
    viewport: { width, height: 1_000 },
    colorScheme: theme,
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const wrongs: string[] = [];
  const note = (what: string) => {
    if (!expected?.test(what)) wrongs.push(what);
  };
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') note(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => note(`error: ${error.message}`));
  page.on('request', (request) => {
    const address = request.url();
    if (!address.startsWith(url) && !address.startsWith('blob:') && !address.startsWith('data:'))
      note(`elsewhere: ${address}`);
    if (address.includes(TOKEN)) note(`token in an address: ${address}`);
  });
  await page.goto(`${url}/admin`);
  return { page, wrongs };
}

export async function signIn({ page }: Pick<Watched, 'page'>): Promise<void> {
  await page.getByLabel('Admin token').fill(TOKEN);
  await page.getByRole('button', { name: 'Open' }).click();
  await page.getByRole('heading', { level: 1, name: 'Line' }).waitFor();
}

/** By the menu, as people go. */
export async function go(page: Page, view: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: view }).click();
  await page.getByRole('heading', { level: 1 }).waitFor();
}
