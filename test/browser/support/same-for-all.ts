import { beforeAll, describe, expect, it } from 'vitest';
import type { Mode } from './fake-api.ts';
import { type Look, looks } from './look.ts';
import type { Site } from './site.ts';
import type { Visit } from './visit.ts';

/** A page, and a selector of something that stands on it only once its data is there. */
export interface Place {
  readonly name: string;
  readonly path: string;
  readonly there: string;
}

/** Each of the pages looks right to everybody. It is loaded once: colours and size change under it, in any order. */
export function looksRight(places: readonly Place[], load: (path: string) => Promise<Visit>): void {
  describe.each(places)('$name', ({ name, path, there }) => {
    let visit: Visit;
    beforeAll(async () => {
      visit = await load(path);
    });
    it.each(Object.entries<Look>(looks))('looks right in %s', async (lookName, look) => {
      await visit.show(look);
      await visit.page.locator(there).first().waitFor();
      await expect.poll(() => visit.page.locator('[aria-busy=true]').count()).toBe(0);
      await visit.looksRight(`${name}-${lookName}`);
    });
  });
}

/** What is empty, refused or slow says so on each of the pages: mode, path, selector of what says it. */
export function saysSo(site: Site, states: readonly (readonly [Mode, string, string])[]): void {
  it.each(states)('%s: /%s says so', async (mode, path, there) => {
    const visit = await site.follow(mode, path);
    await visit.page.locator(there).first().waitFor();
    await visit.looksRight(`${mode}-${path.replaceAll(/\W+/g, '-').slice(0, 40)}`);
  });
}
