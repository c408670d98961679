import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import { expect } from 'vitest';
import { desk, type Look } from './look.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Pictures are for people: `SKOPOS_PICTURES=1` takes them. */
const pictures =
  process.env['SKOPOS_PICTURES'] === undefined
    ? undefined
    : join(import.meta.dirname, '../../../test-artefacts/browser');

/** Two frames, and then until nothing moves that will ever stand still. */
const untilStill = `(async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const moves = ({ playState, effect }) =>
    playState === 'running' && effect?.getComputedTiming().endTime !== Infinity;
  do {
    await frame();
    await frame();
  } while (document.getAnimations().some(moves));
})()`;

/** A page, and everything that it complained about: console errors, exceptions, breaches of the security policy. */
export class Visit {
  readonly page: Page;
  readonly #devtools: CDPSession;
  #origin = '';
  #complaints: string[] = [];

  private constructor(page: Page, devtools: CDPSession) {
    this.page = page;
    this.#devtools = devtools;
    page.on('pageerror', (error) => this.#complaints.push(`exception: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') this.#complaints.push(`console: ${message.text()}`);
    });
    page.on('request', (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol.startsWith('http') && origin !== this.#origin)
        this.#complaints.push(`request to ${origin}`);
    });
  }

  static async begin(context: BrowserContext): Promise<Visit> {
    const page = await context.newPage();
    return new Visit(page, await context.newCDPSession(page));
  }

  /** Comes to an address as a stranger: nothing stored, nothing complained of yet. */
  async load(url: string, look: Look = desk): Promise<void> {
    this.#origin = new URL(url).origin;
    this.#complaints = [];
    const stored = { origin: this.#origin, storageTypes: 'local_storage' };
    await this.#devtools.send('Storage.clearDataForOrigin', stored);
    await this.show(look);
    await this.page.goto(url);
  }

  /** Goes to another address as a link does. By way of a page that is none: nothing of the one before is taken for it. */
  async follow(url: string): Promise<void> {
    this.#complaints = [];
    await this.#push(`${this.#origin}/nowhere`);
    await this.page.getByText('There is no such page').waitFor();
    await this.#push(url);
  }

  async #push(url: string): Promise<void> {
    await this.page.evaluate(
      `history.pushState({}, '', ${JSON.stringify(url)}); dispatchEvent(new PopStateEvent('popstate'));`,
    );
  }

  /** Changes colours and size under the page, as a machine does that turns dark in the evening. */
  async show({ scheme, width, height }: Look): Promise<void> {
    await this.page.emulateMedia({ colorScheme: scheme });
    await this.page.setViewportSize({ width, height });
    await this.#devtools.send('Emulation.setTouchEmulationEnabled', { enabled: width < 500 });
  }

  get complaints(): readonly string[] {
    return this.#complaints;
  }

  /** Complaints other than the failed requests that a test asked for. */
  unexpected(): string[] {
    return this.#complaints.filter(
      (text) => !/Failed to load resource|ERR_INCOMPLETE_CHUNKED|net::ERR/.test(text),
    );
  }

  /** What moves comes to rest, such as a menu that opens. */
  async still(): Promise<void> {
    await this.page.evaluate(untilStill);
  }

  /** Once it stands still: no complaint, nothing that keeps somebody out, nothing beyond its right edge. */
  async looksRight(name: string): Promise<void> {
    await this.still();
    await this.picture(name);
    expect(this.unexpected()).toEqual([]);
    expect(await this.barriers()).toEqual([]);
    expect(await this.sideways()).toBeLessThanOrEqual(0);
  }

  async picture(name: string): Promise<void> {
    if (pictures === undefined) return;
    mkdirSync(pictures, { recursive: true });
    await this.page.screenshot({ path: join(pictures, `${name}.png`), animations: 'disabled' });
  }

  /** How long the page's own thread worked on a script: processor time in ms, whatever else this machine does. */
  async worked(script: string): Promise<number> {
    await this.#devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
    const before = await this.#taskSeconds();
    await this.page.evaluate(script);
    return ((await this.#taskSeconds()) - before) * 1000;
  }

  async #taskSeconds(): Promise<number> {
    const { metrics } = await this.#devtools.send('Performance.getMetrics');
    const found = metrics.find(({ name }) => name === 'TaskDuration');
    if (found === undefined) throw new Error('Chromium does not count the time of tasks');
    return found.value;
  }

  /** What axe finds serious or worse, one line each. */
  async barriers(): Promise<string[]> {
    if (!(await this.page.evaluate('"axe" in window'))) await this.page.evaluate(axeSource);
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
}
