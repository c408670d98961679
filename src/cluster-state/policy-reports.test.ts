import { expect, it } from 'vitest';
import { VirtualClock } from '../kit/clock.ts';
import { KubeError } from '../kube/kube-error.ts';
import { silentLogger } from '../log/logger.ts';
import { noPolicyReports, PolicyReports } from './policy-reports.ts';

const results = () =>
  ['', 'data', 'shop'].map((namespace) => ({
    namespace,
    summary: { pass: 1, fail: 0, error: 0, skip: 0 },
    failures: [],
  }));

/** Reports into an API server that answers by the path. */
function reporting(answer: (path: string) => KubeError | undefined) {
  const clock = new VirtualClock(0);
  const written: string[] = [];
  const write = async <Answer>({ path }: { readonly path: string }): Promise<Answer> => {
    const refusal = answer(path);
    if (refusal !== undefined) throw refusal;
    written.push(path);
    return {} as Answer;
  };
  const reports = new PolicyReports({
    ...{ client: { write }, clock, log: silentLogger, results, top: 5 },
    mayWrite: () => true,
  });
  const stop = new AbortController();
  const running = reports.run(stop.signal);
  const end = async () => {
    stop.abort();
    await running;
  };
  return { reports, clock, written, end };
}

const missing = () => new KubeError(404, 'NotFound', 'the server could not find the requested resource');

it('says that the cluster has no such reports until it has', async () => {
  let isInstalled = false;
  const { reports, clock, written, end } = reporting(() => (isInstalled ? undefined : missing()));
  expect(reports.status()).toEqual({ state: 'starting', message: '' });
  await clock.advance(30_000);
  expect(reports.status()).toEqual({ state: 'failed', message: noPolicyReports });
  isInstalled = true;
  await clock.advance(300_000);
  expect(reports.status()).toEqual({ state: 'ok', message: '', lastSuccessMs: 330_000 });
  expect(written).toHaveLength(3);
  await end();
});

it('is degraded by one report that cannot be written, though others after it can', async () => {
  const refused = new KubeError(403, 'Forbidden', 'not allowed in data');
  const { reports, clock, written, end } = reporting((path) =>
    path.includes('/data/') ? refused : undefined,
  );
  await clock.advance(30_000);
  expect(reports.status()).toEqual({ state: 'degraded', message: 'not allowed in data' });
  expect(written).toHaveLength(2);
  await end();
});
