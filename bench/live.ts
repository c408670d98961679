/**
 * Judging a real Kubernetes API server as it changes: the shipped program on a cluster of 10,000 objects. From a change to its
 * verdicts at 50 changes a second; from the creation of a privileged deployment (as kubectl makes it, and by kubectl itself) to the
 * receipt of the page; memory retained for each object. Flags: `--objects N`, `--seconds N`, `--rate N`, `--applies N`, `--only memory`,
 * `--by-etcd` (objects are written into etcd, where many requests would take too long).
 */

import { execFile, execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { KubeObject } from '../src/model/object.ts';
import { binaries, KubeCluster } from '../test/cluster/support/kube-cluster.ts';
import { cluster as objectsOf, random as randomOf } from './cluster.ts';
import { type Line, load, numberFlag, quantiles, rounded } from './support/figures.ts';
import { fillCluster, placeOf } from './support/fill-cluster.ts';
import { fillEtcd } from './support/fill-etcd.ts';
import { between, readHistogram } from './support/histogram.ts';
import { retained } from './support/retained.ts';
import { startSkopos } from './support/skopos.ts';
import { inFolder } from './support/temp.ts';
import { alertmanagerYaml, Webhook } from './support/webhook.ts';

const lostAfterMs = 15_000;
const mostUnderWay = 24;
/** What makes a container privileged fails. */
const controlId = 'C-0057';
const run1 = promisify(execFile);

interface Settings {
  readonly objects: number;
  readonly seconds: number;
  readonly rate: number;
  readonly applies: number;
  readonly isMemoryAlone: boolean;
  readonly isByEtcd: boolean;
}

export function run(flags: readonly string[] = []): AsyncGenerator<Line> {
  const settings = {
    objects: numberFlag(flags, 'objects', 10_000),
    seconds: numberFlag(flags, 'seconds', 60),
    rate: numberFlag(flags, 'rate', 50),
    applies: numberFlag(flags, 'applies', 100),
    isMemoryAlone: flags.includes('memory'),
    isByEtcd: flags.includes('--by-etcd'),
  };
  return inFolder((folder, ending) => measure(folder, ending, settings));
}

async function* measure(folder: string, ending: (() => unknown)[], settings: Settings): AsyncGenerator<Line> {
  const { folder: peers, missing } = binaries();
  if (missing !== '') {
    yield { bench: 'live', case: 'all', skipped: missing };
    return;
  }
  const cluster = await KubeCluster.start(peers, {
    flags: ['--enable-priority-and-fairness=false', '--service-cluster-ip-range=10.0.0.0/16'],
  });
  ending.push(() => cluster.close());
  const objects = objectsOf(settings.objects);
  const startedMs = performance.now();
  const { made, refusal } = settings.isByEtcd
    ? { made: await fillEtcd(cluster, objects), refusal: '' }
    : await fillCluster(cluster, objects);
  yield {
    bench: 'live',
    case: 'filled',
    objects: made,
    refused: objects.length - made,
    ...(refusal === '' ? {} : { refusal }),
    ms: Math.round(performance.now() - startedMs),
  };
  const kubeconfig = cluster.kubeconfig();
  const restart = async (): Promise<void> => {
    await cluster.killApi();
    await cluster.startApi();
  };
  const { relisted, ...memory } = await retained(kubeconfig, restart);
  yield { bench: 'live', case: 'memory', ...memory, load: load() };
  yield { bench: 'live', case: 'all listed again', ...relisted, load: load() };
  if (!settings.isMemoryAlone)
    yield* measureProgram({ folder, ending, settings, cluster, objects, kubeconfig });
}

interface Running {
  readonly folder: string;
  readonly ending: (() => unknown)[];
  readonly settings: Settings;
  readonly cluster: KubeCluster;
  readonly objects: readonly KubeObject[];
  readonly kubeconfig: string;
}

async function* measureProgram(running: Running): AsyncGenerator<Line> {
  const { folder, ending, settings, cluster, objects, kubeconfig } = running;
  const webhook = new Webhook();
  await webhook.listen();
  ending.push(() => webhook.close());
  const pages = new Map<string, number>();
  const url = webhook.on('/pages', ({ status, labels, atMs }) => {
    const name = labels['name'] ?? '';
    if (status === 'firing' && labels['control_id'] === controlId && !pages.has(name)) pages.set(name, atMs);
  });
  const alertmanager = join(folder, 'alertmanager.yml');
  writeFileSync(alertmanager, alertmanagerYaml(url));
  const skopos = await startSkopos({
    kubeconfig,
    data: join(folder, 'data'),
    logFile: join(folder, 'skopos.log'),
    alertmanager,
  });
  ending.push(() => skopos.stop());
  const about = () => ({ load: load(), rss_mib: skopos.resident().now });
  yield {
    bench: 'live',
    case: 'start',
    ready_ms: Math.round(skopos.readyMs),
    cpu_s: rounded(skopos.cpuSeconds()),
    ...about(),
  };
  await pause(3000);

  const targets = objects.filter(({ kind }) => kind === 'Deployment');
  const verdicts = async (name: string): Promise<Line> => {
    const before = await readHistogram(skopos.url, 'skopos_change_to_verdict_seconds');
    const [cpu, started] = [skopos.cpuSeconds(), performance.now()];
    const changes = await keepChanging(cluster, targets, settings);
    await pause(1000);
    const after = await readHistogram(skopos.url, 'skopos_change_to_verdict_seconds');
    const seconds = (performance.now() - started) / 1000;
    const cpuUsed = skopos.cpuSeconds() - cpu;
    const cores = rounded(cpuUsed / seconds, 2);
    const each = rounded((cpuUsed * 1000) / Math.max(1, changes));
    const rate = rounded(changes / settings.seconds);
    return {
      bench: 'live',
      case: name,
      ...between(before, after),
      rate,
      cores_used: cores,
      cpu_ms_per_change: each,
      ...about(),
    };
  };
  yield await verdicts('change to verdict');

  const applied = async (name: string, count: number, apply: (one: string) => Promise<number>) => {
    const due = new Map<string, number>();
    for (let i = 0; i < count; i++) {
      const one = `${name.replaceAll(/\W+/g, '-').slice(0, 30)}-${i}`;
      due.set(one, await apply(one));
      await pause(100 + 200 * Math.random());
    }
    const untilMs = performance.now() + lostAfterMs;
    while ([...due.keys()].some((one) => !pages.has(one)) && performance.now() < untilMs) await pause(20);
    const took = [...due].flatMap(([one, atMs]) => {
      const pagedMs = pages.get(one);
      return pagedMs === undefined ? [] : [pagedMs - atMs];
    });
    return {
      bench: 'live',
      case: name,
      pages: took.length,
      lost: count - took.length,
      ...quantiles(took),
      ...about(),
    };
  };
  const byApi = async (name: string): Promise<number> => {
    const atMs = performance.now();
    const body = privileged(name);
    await cluster.request(
      'POST',
      `${placeOf(body)}?fieldManager=kubectl-client-side-apply&fieldValidation=Strict`,
      body,
    );
    return atMs;
  };
  yield await applied('apply to page', settings.applies, byApi);

  const stop = new AbortController();
  const beside = keepChanging(cluster, targets, { ...settings, seconds: 3600 }, stop.signal);
  yield await applied('apply to page with changes beside', settings.applies, byApi);
  stop.abort();
  await beside;

  const kubectl = kubectlPath();
  if (kubectl === '') yield { bench: 'live', case: 'kubectl apply to page', skipped: 'no kubectl here' };
  else
    yield await applied('kubectl apply to page', Math.min(20, settings.applies), async (name) => {
      const file = join(folder, `${name}.json`);
      writeFileSync(file, JSON.stringify(privileged(name)));
      const atMs = performance.now();
      await run1(kubectl, ['--kubeconfig', kubeconfig, 'apply', '-f', file]);
      return atMs;
    });
}

/** Changes deployments, one in five so that other verdicts come of it. @returns how many changes there were. */
async function keepChanging(
  cluster: KubeCluster,
  targets: readonly KubeObject[],
  { rate, seconds }: Settings,
  signal?: AbortSignal,
): Promise<number> {
  const random = randomOf(5);
  const startedMs = performance.now();
  const under = new Set<Promise<unknown>>();
  let [turn, made] = [0, 0];
  while (signal?.aborted !== true && performance.now() - startedMs < seconds * 1000) {
    for (; turn < ((performance.now() - startedMs) / 1000) * rate; turn++) {
      const target = targets[Math.floor(random() * targets.length)];
      // A server that cannot keep up is not to be flooded: what is measured is what comes after it.
      if (target === undefined || under.size >= mostUnderWay) continue;
      made++;
      const isTelling = turn % 5 === 0;
      const spec = { template: { spec: { hostIPC: random() < 0.5 } } };
      const body = { metadata: { annotations: { turn: String(turn) } }, ...(isTelling ? { spec } : {}) };
      const sent: Promise<unknown> = cluster
        .request('PATCH', `${placeOf(target)}/${target.metadata.name}`, body)
        .catch(() => undefined)
        .finally(() => under.delete(sent));
      under.add(sent);
    }
    await pause(5);
  }
  await Promise.all(under);
  return made;
}

function privileged(name: string): KubeObject {
  const labels = { app: name };
  const container = { name: 'main', image: `${name}:1`, securityContext: { privileged: true } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
    },
  };
}

/** kubectl of the peers, or of the machine; '' when there is none. */
function kubectlPath(): string {
  try {
    const folder = execFileSync(process.execPath, ['scripts/peers/helm.mjs'], { encoding: 'utf8' }).trim();
    const found = [join(folder, 'kubectl'), join(folder, 'kubectl/kubectl')].find((path) => existsSync(path));
    return found ?? '';
  } catch {
    return '';
  }
}
