import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** What an instant or range query gave: samples by series and time, or why it failed. */
export type PeerAnswer =
  | { readonly samples: ReadonlyMap<string, number>; readonly error?: undefined }
  | { readonly error: string; readonly samples?: undefined };

/** Debian's Prometheus over given series; nothing is scraped. */
export class PeerPrometheus {
  readonly #dir: string;
  readonly #url: string;
  readonly #process: ChildProcess;

  private constructor(dir: string, port: number) {
    this.#dir = dir;
    this.#url = `http://127.0.0.1:${port}`;
    writeFileSync(join(dir, 'prometheus.yml'), 'scrape_configs: []\n');
    this.#process = spawn(
      'prometheus',
      [
        `--config.file=${join(dir, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(dir, 'data')}`,
        '--storage.tsdb.retention.time=100y',
        `--web.listen-address=127.0.0.1:${port}`,
        '--enable-feature=promql-at-modifier,promql-negative-offset',
      ],
      { stdio: 'ignore' },
    );
  }

  static isInstalled(): boolean {
    return ['prometheus', 'promtool'].every((name) => spawnSync(name, ['--version']).status === 0);
  }

  /** @throws when the program does not become ready. */
  static async start(openMetrics: string): Promise<PeerPrometheus> {
    const dir = mkdtempSync(join(tmpdir(), 'skopos-promql-peer-'));
    const text = join(dir, 'data.om');
    writeFileSync(text, openMetrics);
    const made = spawnSync(
      'promtool',
      ['tsdb', 'create-blocks-from', 'openmetrics', text, join(dir, 'data')],
      {
        encoding: 'utf8',
      },
    );
    if (made.status !== 0) throw new Error(`promtool cannot make blocks: ${made.stderr}`);
    const peer = new PeerPrometheus(dir, await freePort());
    for (let i = 0; i < 200; i++) {
      const ready = await fetch(`${peer.#url}/-/ready`).catch(() => undefined);
      if (ready?.ok === true) return peer;
      await delay(100);
    }
    await peer.stop();
    throw new Error('prometheus did not become ready within 20 s');
  }

  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.#process.once('exit', resolve));
    if (this.#process.exitCode === null && this.#process.kill('SIGTERM')) await gone;
    rmSync(this.#dir, { recursive: true, force: true });
  }

  instant(query: string, atMs: number): Promise<PeerAnswer> {
    return this.#ask('query', { query, time: String(atMs / 1000) });
  }

  range(query: string, startMs: number, endMs: number, stepMs: number): Promise<PeerAnswer> {
    return this.#ask('query_range', {
      query,
      start: String(startMs / 1000),
      end: String(endMs / 1000),
      step: String(stepMs / 1000),
    });
  }

  async #ask(route: string, parameters: Record<string, string>): Promise<PeerAnswer> {
    const response = await fetch(`${this.#url}/api/v1/${route}`, {
      method: 'POST',
      body: new URLSearchParams(parameters),
    });
    const answer = (await response.json()) as ApiAnswer;
    return answer.status === 'success' ? { samples: samplesOf(answer.data) } : { error: answer.error };
  }
}

type Point = [seconds: number, value: string];

type ApiAnswer =
  | { readonly status: 'success'; readonly data: ApiData }
  | { readonly status: 'error'; readonly error: string };

type ApiData =
  | { readonly resultType: 'scalar'; readonly result: Point }
  | {
      readonly resultType: 'vector' | 'matrix';
      readonly result: readonly {
        readonly metric: Record<string, string>;
        readonly value?: Point;
        readonly values?: readonly Point[];
      }[];
    };

function samplesOf(data: ApiData): Map<string, number> {
  const samples = new Map<string, number>();
  const add = (labels: Record<string, string>, [seconds, value]: Point): void => {
    samples.set(sampleKey(labels, seconds * 1000), numberOf(value));
  };
  if (data.resultType === 'scalar') add({}, data.result);
  else
    for (const { metric, value, values } of data.result)
      for (const point of values ?? (value === undefined ? [] : [value])) add(metric, point);
  return samples;
}

/** A series and a time as one text. */
export function sampleKey(labels: Readonly<Record<string, string>>, atMs: number): string {
  const pairs = Object.keys(labels)
    .sort()
    .map((name) => `${name}=${JSON.stringify(labels[name])}`);
  return `{${pairs.join(', ')}} @ ${Math.round(atMs)}`;
}

function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
