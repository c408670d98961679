import { onTestFinished } from 'vitest';
import { deb } from '../../src/images/catalogers/deb.ts';
import { defaultAnalysisSettings, registrySchema } from '../../src/images/config.ts';
import { FindingStore } from '../../src/images/live/finding-store.ts';
import { LiveImages } from '../../src/images/live/image-scans.ts';
import { ImageStore } from '../../src/images/live/image-store.ts';
import { databaseMatcher } from '../../src/images/live/matcher.ts';
import { RegistryStore } from '../../src/images/live/registry-store.ts';
import { Analyser } from '../../src/images/pipeline/analyser.ts';
import { VirtualClock } from '../../src/kit/clock.ts';
import { silentLogger } from '../../src/log/logger.ts';
import { scanImages } from '../../src/operator/do-images.ts';
import { scanRegistry } from '../../src/operator/do-registry.ts';
import type { RegistryRef } from '../../src/operator/image-scanner.ts';
import type { Job } from '../../src/operator/job.ts';
import { JobRunner } from '../../src/operator/job-runner.ts';
import { JobStore } from '../../src/operator/job-store.ts';
import { operatorScanner } from '../../src/roles/images/operator-scanner.ts';
import { RegistryScans } from '../../src/roles/images/registry-scans.ts';
import { RequestLogins } from '../../src/roles/images/request-logins.ts';
import { openDatabase } from '../../src/store/open.ts';
import { addCve } from './images-role.ts';
import type { RegistryServer } from './registry-server.ts';
import { databaseOf } from './vulnerability-data.ts';

const at = Date.parse('2026-06-01T00:00:00Z');

const anything = {
  ...{ provider: '', insecure: false, skipTlsVerify: false, depth: 100 },
  ...{ include: [], exclude: [] },
} as const;

/** Jobs that look through a registry, with all that is really there but posture and schedules; a vulnerability is known of openssl before 3.0.2. */
export function registryJobs(server: Pick<RegistryServer, 'host' | 'requests'>) {
  const clock = new VirtualClock(at);
  const db = openDatabase(':memory:');
  const database = databaseOf((writer) => addCve(writer, 'CVE-2026-1'));
  const registries = [registrySchema.parse({ prefix: server.host, plain_http: true })];
  const analyser = new Analyser({
    ...{
      settings: { ...defaultAnalysisSettings(), registries },
      clock,
      log: silentLogger,
      catalogers: [deb],
    },
  });
  const store = new RegistryStore({ db, clock });
  const kept = new ImageStore({ db, clock, onResult: (summary) => store.matched(summary) });
  const findings = new FindingStore({ db, clock });
  const matcher = databaseMatcher(database);
  const live = new LiveImages({ ...{ analyser, matcher, findings, clock }, images: kept, log: silentLogger });
  const scanner = operatorScanner({
    ...{ live, analyser, images: kept, logins: new RequestLogins() },
    registries: new RegistryScans({ store, images: kept, clock, platforms: ['linux/amd64'] }),
  });
  const deps = { images: () => scanner, workloads: () => [] };
  const jobs = new JobRunner({
    ...{ store: new JobStore({ db, clock }), clock, log: silentLogger, ledger: () => {} },
    work: async (context) => {
      const { work } = context.job;
      if (work.type === 'registry') return await scanRegistry(work.registry, deps, context);
      const only = work.type === 'registry-image' ? [{ container: '', image: work.image }] : [];
      return await scanImages(
        { images: only, found: work.type === 'registry-image' ? work : {} },
        deps,
        context,
      );
    },
  });
  const stop = new AbortController();
  const run = Promise.all([jobs.run(stop.signal), live.run(stop.signal)]);
  onTestFinished(async () => {
    stop.abort();
    await run;
    await analyser.close();
    database.close();
    db.close();
  });
  const submit = (ref: Partial<RegistryRef> = {}): Job => {
    const registry = { ...anything, name: server.host, ...ref };
    const work = { type: 'registry', registry } as const;
    return jobs.submit({ kind: 'registry', command: 'scanRegistry', title: 'x', work }, { origin: 'api' })
      .job;
  };
  /** Lets time pass while nothing is asked of the registry. */
  const ended = async (job: Job, stepMs = 1000): Promise<Job> => {
    const end = jobs.ended(job.id, new AbortController().signal);
    for (let asked = -1; ; asked = server.requests.length) {
      const now = await Promise.race([
        end,
        new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 20)),
      ]);
      if (now !== undefined) return now;
      if (asked === server.requests.length) await clock.advance(stepMs);
    }
  };
  return { clock, store, live, findings, jobs, submit, ended, scan: () => store.scans(1)[0] };
}
