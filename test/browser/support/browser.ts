import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** Debian's; another can be named in SKOPOS_CHROMIUM. */
const executablePath = process.env['SKOPOS_CHROMIUM'] ?? '/usr/bin/chromium';
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const pictures = join(import.meta.dirname, '../../../test-artefacts/browser');

export interface Look {
  readonly scheme: 'light' | 'dark';
  readonly width: number;
  readonly height: number;
}

export const desk: Look = { scheme: 'light', width: 1440, height: 900 };
export const night: Look = { ...desk, scheme: 'dark' };
export const phone: Look = { scheme: 'light', width: 390, height: 844 };

export async function launch(): Promise<Browser> {
  if (!existsSync(executablePath))
    throw new Error(`There is no Chromium at ${executablePath}: apt-get install chromium`);
  mkdirSync(pictures, { recursive: true });
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--headless=new', '--disable-gpu'] });
}

/** A page, and everything that it complained about: console errors, exceptions, breaches of the security policy. */
export class Visit {
  readonly page: Page;
  readonly complaints: string[] = [];
  readonly #context: BrowserContext;

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
  }

  static async open(browser: Browser, url: string, look: Look = desk): Promise<Visit> {
    const context = await browser.newContext({
      viewport: { width: look.width, height: look.height },
      colorScheme: look.scheme,
      hasTouch: look.width < 500,
      acceptDownloads: true,
      locale: 'en-GB',
    });
    const page = await context.newPage();
    const visit = new Visit(context, page);
    const origin = new URL(url).origin;
    page.on('pageerror', (error) => visit.complaints.push(`exception: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') visit.complaints.push(`console: ${message.text()}`);
    });
    page.on('request', (request) => {
      const { protocol, origin: to } = new URL(request.url());
      if (protocol.startsWith('http') && to !== origin) visit.complaints.push(`request to ${to}`);
    });
    await page.addInitScript(
      `document.addEventListener('securitypolicyviolation', (event) => console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI))`,
    );
    await page.goto(url);
    return visit;
  }

  /** Complaints other than the failed requests that a test asked for. */
  unexpected(): string[] {
    return this.complaints.filter(
      (text) => !/Failed to load resource|ERR_INCOMPLETE_CHUNKED|net::ERR/.test(text),
    );
  }

  async picture(name: string): Promise<void> {
    await this.page.screenshot({ path: join(pictures, `${name}.png`), animations: 'disabled' });
  }

  /** What axe finds serious or worse, one line each. */
  async barriers(): Promise<string[]> {
    await this.page.evaluate(axeSource);
    const result = (await this.page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as {
      violations: { id: string; impact: string; nodes: { target: string[]; failureSummary: string }[] }[];
    };
    return result.violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) =>
        nodes.slice(0, 3).map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary}`),
      );
  }

  /** How far the page can be scrolled sideways, in pixels. */
  async sideways(): Promise<number> {
    return (await this.page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    )) as number;
  }

  async close(): Promise<void> {
    await this.#context.close();
  }
}
