import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { random as randomOf } from '../../../bench/cluster.ts';
import { freePort } from '../../../bench/support/program.ts';
import type { KubeCluster } from './kube-cluster.ts';
import { RandomChanges } from './random-changes.ts';

export interface SoakOptions {
  readonly cluster: KubeCluster;
  /** Where state and logs are kept. */
  readonly folder: string;
  readonly minutes: number;
  /** Changes a second. */
  readonly rate?: number;
  readonly seed?: number;
}

export interface SoakResult {
  readonly changes: number;
  readonly killsOfSkopos: number;
  readonly killsOfApi: number;
  /** Open findings at the end. */
  readonly findings: number;
  /** Findings that a scan of everything has and the one that was killed has not, and the other way round. */
  readonly missing: readonly string[];
  readonly wrong: readonly string[];
}

const readyMs = 240_000;
const settleMs = 120_000;

/**
 * Changes a real cluster at random while the shipped program and the API server are killed and started again at random moments; at the
 * end compares the open findings of what lived through it with those of a program that has just read everything afresh.
 */
export async function soak({
  cluster,
  folder,
  minutes,
  rate = 20,
  seed = 23,
}: SoakOptions): Promise<SoakResult> {
  const random = randomOf(seed);
  const changes = new RandomChanges(cluster, random);
  await changes.prepare();
  const port = await freePort();
  const survivor = new Program(cluster.kubeconfig(), join(folder, 'survivor'), port);
  let [made, killsOfSkopos, killsOfApi] = [0, 0, 0];
  try {
    await survivor.start();
    await survivor.ready();
    const endMs = Date.now() + minutes * 60_000;
    const changing = async (): Promise<void> => {
      for (; Date.now() < endMs; await pause(1000 / rate)) if (await changes.one()) made++;
    };
    const killing = async (): Promise<void> => {
      for (;;) {
        await pause(3000 + random() * 12_000);
        if (Date.now() >= endMs) return;
        if (random() < 0.6) {
          await survivor.kill();
          await survivor.start();
          killsOfSkopos++;
        } else {
          await cluster.killApi();
          await pause(random() * 5000);
          await cluster.startApi();
          killsOfApi++;
        }
      }
    };
    await Promise.all([changing(), killing()]);
    await survivor.ready();
    const fresh = new Program(cluster.kubeconfig(), join(folder, 'fresh'), await freePort());
    try {
      await fresh.start();
      await fresh.ready();
      const found = await settled(survivor, fresh);
      return { changes: made, killsOfSkopos, killsOfApi, ...found };
    } finally {
      await fresh.kill();
    }
  } finally {
    await survivor.kill();
  }
}

/** Until both say the same, or do not come to. */
async function settled(survivor: Program, fresh: Program) {
  const endMs = Date.now() + settleMs;
  for (;;) {
    const [ours, theirs] = [await survivor.findings(), await fresh.findings()];
    const missing = [...theirs].filter((text) => !ours.has(text));
    const wrong = [...ours].filter((text) => !theirs.has(text));
    if (missing.length + wrong.length === 0 || Date.now() > endMs)
      return { findings: ours.size, missing, wrong };
    await pause(500);
  }
}

/** `skopos up` as it is shipped, on a cluster. */
class Program {
  readonly #args: readonly string[];
  readonly #log: string;
  readonly #url: string;
  #child: ChildProcess | undefined;

  constructor(kubeconfig: string, folder: string, port: number) {
    process.once('exit', () => void this.#child?.kill('SIGKILL'));
    mkdirSync(folder, { recursive: true });
    this.#url = `http://127.0.0.1:${port}`;
    this.#log = join(folder, 'skopos.log');
    this.#args = [
      ...[join(process.cwd(), 'dist/main.js'), 'up', '--kubeconfig', kubeconfig, '--cluster', 'soak'],
      ...['--data', join(folder, 'data'), '--listen', `127.0.0.1:${port}`, '--log-level', 'warn'],
    ];
  }

  async start(): Promise<void> {
    const log = openSync(this.#log, 'a');
    this.#child = spawn(process.execPath, [...this.#args], { stdio: ['ignore', log, log] });
    await pause(0);
  }

  /** Without a warning, as a node that dies would. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  /** @throws with the end of the log when it ends by itself or does not become ready. */
  async ready(): Promise<void> {
    const endMs = Date.now() + readyMs;
    while (Date.now() < endMs && this.#child?.exitCode === null) {
      const reply = await fetch(`${this.#url}/-/ready`).catch(() => undefined);
      await reply?.arrayBuffer();
      if (reply?.ok === true) return;
      await pause(100);
    }
    throw new Error(`skopos is not ready: ${readFileSync(this.#log, 'utf8').slice(-2000)}`);
  }

  /** Open findings by what they are about. */
  async findings(): Promise<Set<string>> {
    const found = new Set<string>();
    for (let offset = 0; ; ) {
      const reply = await fetch(`${this.#url}/api/skopos/v1/findings?status=open&limit=500&offset=${offset}`);
      const { total, items } = (await reply.json()) as {
        readonly total: number;
        readonly items: readonly {
          readonly id: string;
          readonly controlId: string;
          readonly object: object;
        }[];
      };
      for (const { id, controlId, object } of items)
        found.add(`${id} ${controlId} ${JSON.stringify(object)}`);
      offset += items.length;
      if (items.length === 0 || offset >= total) return found;
    }
  }
}
