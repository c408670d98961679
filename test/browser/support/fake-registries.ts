import type { RegistriesSource } from '../../../src/api/skopos/registries.ts';
import type { ImageEntry } from '../../../src/images/live/image-entries.ts';
import type { ResultState } from '../../../src/images/live/live-image.ts';
import { nothingKnown, type SeverityCount } from '../../../src/images/live/registry-rows.ts';
import { RegistryStore } from '../../../src/images/live/registry-store.ts';
import { VirtualClock } from '../../../src/kit/clock.ts';
import { vulnerabilitySeverities } from '../../../src/model/vulnerability.ts';
import { registriesSource } from '../../../src/roles/images/registries-source.ts';
import { openDatabase } from '../../../src/store/open.ts';
import { pick, seeded } from './random.ts';

const hourMs = 3_600_000;
const scope = {
  name: 'quay.example.org/a/very/long/project/name',
  depth: 10,
  include: [],
  exclude: [],
  platforms: ['linux/amd64'],
};
const refused =
  'quay.example.org does not give quay.example.org/a/very/long/project/name/tool:2.1 to nobody in particular';

/** The real store and source over `count` made-up images: some that run, some partial or unknown; and scans in every state. */
export function fakeRegistries(nowMs: number, count: number): RegistriesSource {
  const clock = new VirtualClock(nowMs - 30 * hourMs);
  const store = new RegistryStore({ db: openDatabase(':memory:'), clock });
  const chance = seeded(7);
  for (let i = 0; i < count; i++) {
    const repository = `${pick(['shop', 'platform', 'data'], chance)}/${pick(['cart', 'till', 'search', 'mail'], chance)}`;
    const names = { registry: 'registry.example:5000', repository, tag: `1.${i}` };
    const state: ResultState = i % 40 === 3 ? 'unknown' : i % 25 === 5 ? 'partial' : 'complete';
    store.keep({
      ...names,
      image: `${names.registry}/${repository}:1.${i}`,
      platform: i % 7 === 2 ? 'linux/arm64' : 'linux/amd64',
      job: 'job-registry',
      schedule: i % 3 === 0 ? 'nightly-registry' : '',
      digest: state === 'unknown' ? '' : digestOf(i),
      ...(state === 'unknown' ? nothingKnown(refused) : countsOf(state, chance)),
    });
  }
  if (count > 0) makeScans(store, clock, nowMs);
  return registriesSource(store, { entries: () => inUse(nowMs) });
}

function countsOf(state: ResultState, chance: () => number) {
  const counts = vulnerabilitySeverities.flatMap((severity): SeverityCount[] => {
    const all = Math.floor(chance() ** 3 * 40);
    return all === 0 ? [] : [{ severity, all, fixable: Math.floor(all * chance()) }];
  });
  const reasons = state === 'partial' ? ['3 packages have no version: they were not looked up.'] : [];
  return {
    ...{ state, reasons, counts, knownExploited: 0, risk: chance() * 100, packages: 200 },
    fixable: counts.reduce((sum, { fixable }) => sum + fixable, 0),
  };
}

function makeScans(store: RegistryStore, clock: VirtualClock, nowMs: number): void {
  const till = (atMs: number) => void clock.advance(atMs - clock.now());
  till(nowMs - 26 * hourMs);
  store.begin('job-1', 'nightly-registry', { ...scope, name: 'registry.example:5000' });
  store.note('job-1', { found: 9800, done: 9555, failed: 245 });
  store.end('job-1', '', false);
  till(nowMs - 2 * hourMs);
  store.begin('job-2', '', { ...scope, name: 'docker.io/library/nginx', depth: 100, include: ['library/*'] });
  store.note('job-2', { found: 412, done: 100 });
  const why =
    'docker.io has had too many requests and wants none for another 5h59m; the next scan goes on with what is left';
  store.end('job-2', why, false);
  till(nowMs - hourMs / 4);
  store.begin('job-registry', '', { ...scope, platforms: ['linux/amd64', 'linux/arm64'] });
  store.note('job-registry', { found: 1000, done: 337, failed: 3, waitsUntilMs: nowMs + 90_000 });
}

/** Every tenth runs somewhere. */
function* inUse(nowMs: number): Generator<ImageEntry> {
  for (let i = 0; i < 1000; i += 10) {
    const reference = `registry.example:5000/shop/cart@${digestOf(i)}`;
    const named = { reference, platform: 'linux/amd64', repository: 'registry.example:5000/shop/cart' };
    const workload = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: `cart-${i}` };
    yield {
      ...{
        named,
        digest: digestOf(i),
        phase: 'done',
        problem: '',
        failures: 0,
        notBeforeMs: nowMs,
        cause: '',
      },
      uses: [{ ...named, image: reference, workload, container: 'main' }],
    };
  }
}

function digestOf(i: number): string {
  return `sha256:${String(i).padStart(5, '0').repeat(13).slice(0, 64)}`;
}
