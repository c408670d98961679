/**
 * From a review to its answer, over TLS with connections that stay open, through the shipped program: 10,000 objects in the
 * inventory, a mix of objects that pass and fail. First at a fixed rate over 20 and 50 connections, as an API server asks; then as
 * quickly as the connections go, which measures the throughput. Flags: `--objects N`, `--seconds S`, `--rate N`, `--frameworks A,B`.
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { CertificateState } from '../src/admission/certificates.ts';
import { bundleOf } from '../src/admission/certificates.ts';
import type { KubeObject } from '../src/model/object.ts';
import { cluster } from './cluster.ts';
import { type Line, load, numberFlag, quantiles, rounded } from './support/figures.ts';
import { writeManifests } from './support/manifests.ts';
import { freePort } from './support/program.ts';
import { startSkopos } from './support/skopos.ts';
import { inFolder } from './support/temp.ts';

const judgedKinds = [
  'Pod',
  'Deployment',
  'Service',
  'RoleBinding',
  'ConfigMap',
  'NetworkPolicy',
  'CronJob',
  'Role',
];

export function run(flags: readonly string[] = []): AsyncGenerator<Line> {
  const at = flags.indexOf('--frameworks');
  const settings = {
    objects: numberFlag(flags, 'objects', 10_000),
    seconds: numberFlag(flags, 'seconds', 15),
    rate: numberFlag(flags, 'rate', 200),
    frameworks: at < 0 ? 'NSA' : (flags[at + 1] ?? 'NSA'),
  };
  return inFolder((folder, ending) => measure(folder, ending, settings));
}

interface Settings {
  readonly objects: number;
  readonly seconds: number;
  readonly rate: number;
  readonly frameworks: string;
}

async function* measure(
  folder: string,
  ending: (() => unknown)[],
  { objects, seconds, rate, frameworks }: Settings,
): AsyncGenerator<Line> {
  const [manifests, data] = [join(folder, 'manifests'), join(folder, 'data')];
  mkdirSync(manifests);
  writeManifests(manifests, objects);
  const port = await freePort();
  const config = join(folder, 'skopos.yaml');
  writeFileSync(
    config,
    [
      `posture: {frameworks: [${frameworks}]}`,
      'admission:',
      `  listen: 127.0.0.1:${port}`,
      `  url: https://127.0.0.1:${port}`,
      '  exempt_namespaces: []',
      '  rules: [{name: all, action: deny}]',
    ].join('\n'),
  );
  const skopos = await startSkopos({ folder: manifests, data, config, logFile: join(folder, 'skopos.log') });
  ending.push(() => skopos.stop());
  await pause(3_000);
  const state = JSON.parse(
    readFileSync(join(data, 'admission-certificates.json'), 'utf8'),
  ) as CertificateState;
  const reviews = reviewsOf(cluster(objects));
  const common = { bench: 'admission', objects, frameworks };
  for (const connections of [20, 50]) {
    const agent = new Agent({ keepAlive: true, maxSockets: connections, ca: bundleOf(state) });
    const ask = (i: number) => askOnce(port, agent, reviews[i % reviews.length] ?? '');
    // Once through, so that what is measured is not the first use of everything.
    await closedLoop(ask, connections, 2);
    for (const [name, loop] of [
      [`${rate} a second`, () => openLoop(ask, rate, seconds)],
      ['as fast as it goes', () => closedLoop(ask, connections, seconds)],
    ] as const) {
      const cpuBefore = skopos.cpuSeconds();
      const beganMs = performance.now();
      const { took, denied, failed } = await loop();
      const spentS = (performance.now() - beganMs) / 1000;
      const cpuMs = ((skopos.cpuSeconds() - cpuBefore) / Math.max(1, took.length)) * 1000;
      yield {
        ...common,
        case: `${name}, ${connections} connections`,
        requests: took.length,
        ...quantiles(took),
        rate: rounded(took.length / spentS, 0),
        denied,
        failed,
        cpu_ms: rounded(cpuMs, 2),
        load: load(),
        rss_mib: skopos.resident().now,
      };
    }
    agent.destroy();
  }
}

/** Some hundred objects, as the API server would send them when they are created under another name. */
function reviewsOf(objects: readonly KubeObject[]): readonly string[] {
  const chosen = judgedKinds.flatMap((kind) => objects.filter((one) => one.kind === kind).slice(0, 100));
  // Neighbours are of other kinds.
  const mixed = chosen.map((object, i) => ({ object, key: (i * 7919) % chosen.length }));
  return mixed
    .sort((a, b) => a.key - b.key)
    .map(({ object: { metadata, ...rest } }, i) => {
      const { uid: _uid, ownerReferences: _owners, ...kept } = metadata;
      const object = { ...rest, metadata: { ...kept, name: `new-${i}` } };
      return JSON.stringify({
        apiVersion: 'admission.k8s.io/v1',
        kind: 'AdmissionReview',
        request: {
          uid: `review-${i}`,
          operation: 'CREATE',
          kind: { group: '', version: 'v1', kind: rest.kind },
          resource: { group: '', version: 'v1', resource: '' },
          namespace: metadata.namespace ?? '',
          userInfo: { username: 'bench' },
          object,
        },
      });
    });
}

interface Answers {
  readonly took: number[];
  denied: number;
  failed: number;
}

type Ask = (i: number) => Promise<{ readonly ms: number; readonly allowed: boolean | undefined }>;

async function closedLoop(ask: Ask, connections: number, seconds: number): Promise<Answers> {
  const answers: Answers = { took: [], denied: 0, failed: 0 };
  const untilMs = performance.now() + seconds * 1000;
  let next = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < untilMs) note(answers, await ask(next++));
  };
  await Promise.all(Array.from({ length: connections }, worker));
  return answers;
}

/** Requests come when they come, however long others take: waiting counts. */
async function openLoop(ask: Ask, rate: number, seconds: number): Promise<Answers> {
  const answers: Answers = { took: [], denied: 0, failed: 0 };
  const beganMs = performance.now();
  const pending: Promise<void>[] = [];
  for (let i = 0; i < rate * seconds; ) {
    const due = ((performance.now() - beganMs) / 1000) * rate;
    for (; i < due && i < rate * seconds; i++) pending.push(ask(i).then((answer) => note(answers, answer)));
    await pause(1);
  }
  await Promise.all(pending);
  return answers;
}

function note(answers: Answers, { ms, allowed }: Awaited<ReturnType<Ask>>): void {
  answers.took.push(ms);
  if (allowed === undefined) answers.failed++;
  else if (!allowed) answers.denied++;
}

function askOnce(port: number, agent: Agent, body: string): ReturnType<Ask> {
  const beganMs = performance.now();
  return new Promise((resolve) => {
    const end = (allowed: boolean | undefined) => resolve({ ms: performance.now() - beganMs, allowed });
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        path: '/validate',
        method: 'POST',
        agent,
        headers: { 'content-length': Buffer.byteLength(body) },
      },
      (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('end', () => {
          const isWell = response.statusCode === 200;
          end(isWell ? Buffer.concat(pieces).includes('"allowed":true') : undefined);
        });
      },
    );
    sent.on('error', () => end(undefined));
    sent.end(body);
  });
}
