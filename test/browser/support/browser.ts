import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import type { Look } from './look.ts';
import { Visit } from './visit.ts';

/** Debian's; another can be named in SKOPOS_CHROMIUM. */
const executablePath = process.env['SKOPOS_CHROMIUM'] ?? '/usr/bin/chromium';

/** Chromium, for the tests of a file. */
export interface Chromium {
  /** A page of its own for one test, with nothing stored by those before it; it ends with the test. */
  open(url: string, look?: Look): Promise<Visit>;
  /** The page that all tests of the file share which change nothing on it: a third of the work of a new one. */
  shared(): Promise<Visit>;
}

/** One Chromium for the tests of a file. Its pages share what was loaded once, as for somebody who comes back. */
export function useChromium(): Chromium {
  let browser: Browser | undefined;
  let context: BrowserContext | undefined;
  let shared: Visit | undefined;
  beforeAll(async () => {
    browser = await launch();
    context = await browser.newContext({ acceptDownloads: true, locale: 'en-GB' });
    // A busy machine takes its time; what is still missing then is named before the test's own time is over.
    context.setDefaultTimeout(100_000);
    await context.addInitScript(
      `document.addEventListener('securitypolicyviolation', (event) => console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI))`,
    );
  });
  afterAll(() => browser?.close());

  function begin(): Promise<Visit> {
    if (context === undefined) throw new Error('Chromium is there only while the tests of the file run');
    return Visit.begin(context);
  }
  return {
    async open(url, look) {
      const visit = await begin();
      onTestFinished(() => visit.page.close());
      await visit.load(url, look);
      return visit;
    },
    async shared() {
      shared ??= await begin();
      return shared;
    },
  };
}

function launch(): Promise<Browser> {
  if (!existsSync(executablePath))
    throw new Error(`There is no Chromium at ${executablePath}: apt-get install chromium`);
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--headless=new', '--disable-gpu'] });
}
