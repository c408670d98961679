import { afterAll, beforeAll } from 'vitest';
import { type Chromium, useChromium } from './browser.ts';
import { type FakeApi, type Mode, startFakeApi } from './fake-api.ts';
import type { Look } from './look.ts';
import type { Visit } from './visit.ts';

/** The pages over made-up data, for the tests of a file. */
export interface Site {
  readonly api: FakeApi;
  /** A page of it for one test. */
  open(path: string, opening?: { readonly mode?: Mode; readonly look?: Look }): Promise<Visit>;
  /** The shared page, loaded anew at an address. */
  load(path: string): Promise<Visit>;
  /** The shared page, led to an address while the server is in a mode; loaded where it was in another. */
  follow(mode: Mode, path: string): Promise<Visit>;
}

export function useSite(chromium: Chromium = useChromium(), prefix = '/'): Site {
  let started: FakeApi | undefined;
  let sharedIn: Mode | undefined;
  beforeAll(async () => {
    started = await startFakeApi('busy', prefix);
  });
  afterAll(() => started?.close());

  function api(): FakeApi {
    if (started === undefined) throw new Error('the site is there only while the tests of the file run');
    return started;
  }
  async function load(mode: Mode, path: string): Promise<Visit> {
    api().reset(mode);
    sharedIn = mode;
    const visit = await chromium.shared();
    await visit.load(api().url + path);
    return visit;
  }
  return {
    get api() {
      return api();
    },
    open(path, { mode = 'busy', look } = {}) {
      api().reset(mode);
      return chromium.open(api().url + path, look);
    },
    load: (path) => load('busy', path),
    async follow(mode, path) {
      // Requests that are never answered would leave no connection for those of the next address.
      if (sharedIn !== mode || mode === 'slow') return await load(mode, path);
      api().reset(mode);
      const visit = await chromium.shared();
      await visit.follow(api().url + path);
      return visit;
    },
  };
}
