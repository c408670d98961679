/**
 * From a change of a file to the receipt of the page that it causes, through the shipped program: 10,000 objects, the shipped
 * rules, `group_wait: 0s`. Then with changes of no consequence beside, and with the real Prometheus and Alertmanager listening to
 * the same changes. Flags: `--objects N`, `--changes N`.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { random as randomOf } from './cluster.ts';
import { type Line, load, numberFlag, quantiles, rounded } from './support/figures.ts';
import { type Target, writeManifests } from './support/manifests.ts';
import { missingPeers, startPeers } from './support/peers.ts';
import { startSkopos } from './support/skopos.ts';
import { inFolder } from './support/temp.ts';
import { alertmanagerYaml, type Paged, Webhook } from './support/webhook.ts';

// At random moments, as who scrapes each second would otherwise always be met at the same point of the second.
const random = randomOf(11);

/** What makes a container privileged fails. */
const controlId = 'C-0057';

const changeEveryMs = 500;
const mendAfter = 10;
const lostAfterMs = 15_000;
const backgroundEveryMs = 20;

export function run(flags: readonly string[] = []): AsyncGenerator<Line> {
  const objects = numberFlag(flags, 'objects', 10_000);
  const changes = numberFlag(flags, 'changes', 200);
  return inFolder((folder, ending) => measure(folder, ending, objects, changes));
}

async function* measure(
  folder: string,
  ending: (() => unknown)[],
  objects: number,
  changes: number,
): AsyncGenerator<Line> {
  const manifests = join(folder, 'manifests');
  mkdirSync(manifests);
  const { targets } = writeManifests(manifests, objects);
  const [ours, theirs] = [new Pages(), new Pages()];
  const webhook = new Webhook();
  await webhook.listen();
  ending.push(() => webhook.close());
  const theirUrl = webhook.on('/theirs', (paged) => theirs.take(paged));
  const alertmanager = join(folder, 'alertmanager.yml');
  writeFileSync(alertmanager, alertmanagerYaml(webhook.on('/ours', (paged) => ours.take(paged))));
  const skopos = await startSkopos({
    folder: manifests,
    data: join(folder, 'data'),
    logFile: join(folder, 'skopos.log'),
    alertmanager,
  });
  ending.push(() => skopos.stop());
  await pause(2_000);

  /** Breaks one deployment after the other and mends each some turns later; `pages` are asked once all is over. */
  const changeAll = async (count: number, pages: readonly Pages[], background: readonly Target[] = []) => {
    for (const page of pages) page.clear();
    const chosen = targets.slice(0, count);
    const stop = new AbortController();
    const harmless = keepTouching(background, stop.signal);
    const cpuBefore = skopos.cpuSeconds();
    const startedMs = performance.now();
    for (let turn = 0; turn < count + mendAfter; turn++) {
      const [toBreak, toMend] = [chosen[turn], chosen[turn - mendAfter]];
      if (toBreak !== undefined) write(toBreak, true, pages);
      await pause(random() * changeEveryMs);
      if (toMend !== undefined) write(toMend, false, pages);
      await pause(random() * changeEveryMs);
    }
    const cpu = (skopos.cpuSeconds() - cpuBefore) / ((performance.now() - startedMs) / 1000);
    const untilMs = performance.now() + lostAfterMs;
    while (pages.some((page) => page.missing > 0) && performance.now() < untilMs) await pause(50);
    stop.abort();
    const touched = await harmless;
    const shared = { load: load(), cores_used: rounded(cpu, 2), rss_mib: skopos.resident().now };
    return { shared, background_rate: rounded((touched / (performance.now() - startedMs)) * 1000) };
  };

  const alone = await changeAll(changes, [ours]);
  yield { bench: 'chain', case: 'change to page', objects, ...ours.figures('firing'), ...alone.shared };
  yield { bench: 'chain', case: 'mended to resolved', objects, ...ours.figures('resolved') };

  const busy = await changeAll(Math.ceil(changes / 2), [ours], targets.slice(changes));
  yield {
    bench: 'chain',
    case: 'change to page, harmless changes beside',
    objects,
    ...ours.figures('firing'),
    background_rate: busy.background_rate,
    ...busy.shared,
  };

  const missing = missingPeers();
  if (missing !== '') {
    yield {
      bench: 'chain',
      case: 'peers',
      skipped: `${missing} not installed: apt-get install prometheus prometheus-alertmanager`,
    };
    return;
  }
  const peers = await startPeers(join(folder, 'peers'), skopos.url, theirUrl);
  for (const peer of peers) ending.push(() => peer.stop());
  await pause(5_000);
  const both = await changeAll(Math.ceil(changes / 2), [ours, theirs]);
  const [our, their] = [ours.figures('firing'), theirs.figures('firing')];
  yield {
    bench: 'chain',
    case: 'change to page, while scraped each second',
    objects,
    ...our,
    ...both.shared,
  };
  yield { bench: 'chain', case: 'the same changes through Prometheus and Alertmanager', objects, ...their };
  yield {
    bench: 'chain',
    case: 'ratio',
    ratio: rounded(our.p50_ms / their.p50_ms, 4),
    ratio_p99: rounded(our.p99_ms / their.p99_ms, 4),
  };
}

function write(target: Target, privileged: boolean, pages: readonly Pages[]): void {
  const atMs = performance.now();
  for (const page of pages) page.expect(target, privileged ? 'firing' : 'resolved', atMs);
  target.write({ privileged });
}

/** Changes annotations, again and again. @returns how many it changed. */
async function keepTouching(targets: readonly Target[], signal: AbortSignal): Promise<number> {
  const startedMs = performance.now();
  let turn = 0;
  while (!signal.aborted && targets.length > 0) {
    for (; turn * backgroundEveryMs < performance.now() - startedMs; turn++)
      targets[turn % targets.length]?.write({ annotation: String(turn) });
    await pause(5);
  }
  return turn;
}

/** When pages were due, and when they came. */
class Pages {
  readonly #due = new Map<string, { readonly atMs: number; tookMs?: number }>();
  #unexpected = 0;

  clear(): void {
    this.#due.clear();
    this.#unexpected = 0;
  }

  get missing(): number {
    return [...this.#due.values()].filter(({ tookMs }) => tookMs === undefined).length;
  }

  expect({ namespace, name }: Target, status: Paged['status'], atMs: number): void {
    this.#due.set(`${status}/${namespace}/${name}`, { atMs });
  }

  take({ status, labels, atMs }: Paged): void {
    if (labels['control_id'] !== controlId) return;
    const due = this.#due.get(`${status}/${labels['namespace']}/${labels['name']}`);
    if (due === undefined) this.#unexpected++;
    else due.tookMs ??= atMs - due.atMs;
  }

  figures(status: Paged['status']) {
    const all = [...this.#due].filter(([key]) => key.startsWith(`${status}/`));
    const took = all.flatMap(([, { tookMs }]) => (tookMs === undefined ? [] : [tookMs]));
    return {
      pages: all.length,
      ...quantiles(took),
      lost: all.length - took.length,
      unexpected: this.#unexpected,
    };
  }
}
