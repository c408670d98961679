import { pushedRoutes } from '../../../src/api/skopos/pushed.ts';
import { PushGroups } from '../../../src/exporters/push/push-groups.ts';
import { readTextBody } from '../../../src/exporters/push/text-body.ts';
import { createServer, type FastifyInstance } from '../../../src/http/server.ts';
import { VirtualClock } from '../../../src/kit/clock.ts';
import { silentLogger } from '../../../src/log/logger.ts';
import { pushedReader } from '../../../src/roles/pushed-reader.ts';

/** Whether the real routes over made-up pushes answer it. */
export function isPushed(resource: string): boolean {
  return /^pushed(?:\/group)?$/.test(resource);
}

/** Pushes of 2,000 jobs, of which some are late and one was refused; and a process that takes no pushes. */
export function fakePushed(nowMs: number): {
  readonly busy: FastifyInstance;
  readonly empty: FastifyInstance;
} {
  const { groups, filled } = makePushes(nowMs);
  const busy = serve(groups);
  busy.addHook('onRequest', () => filled);
  return { busy, empty: serve(undefined) };
}

function serve(groups: PushGroups | undefined): FastifyInstance {
  const app = createServer({ log: silentLogger, loopbackOnly: true });
  pushedRoutes(app, groups === undefined ? undefined : pushedReader(groups));
  return app;
}

const hourMs = 3_600_000;

function makePushes(nowMs: number): { readonly groups: PushGroups; readonly filled: Promise<void> } {
  const clock = new VirtualClock(nowMs - 30 * hourMs);
  const keeper = { load: () => [], *put() {}, delete() {}, clear() {} };
  const rules = { utf8Names: true, reserved: () => undefined };
  const groups = new PushGroups({
    ...{ clock, keeper, rules, maxGroups: 10_000, maxSeries: 100_000, *changed() {} },
  });
  return { groups, filled: fill(groups, clock) };
}

async function fill(groups: PushGroups, clock: VirtualClock): Promise<void> {
  const push = (labels: Record<string, string>, text: string, timeToLiveMs?: number) =>
    groups.push(labels, (isSpent) => readTextBody(text, isSpent), {
      mode: 'replace',
      ...(timeToLiveMs === undefined ? {} : { timeToLiveMs }),
    });
  for (let i = 0; i < 40; i++)
    await push({ job: 'nightly-backup', instance: `db-${i}` }, backup(i), (i < 3 ? 26 : 50) * hourMs);
  await clock.advance(29 * hourMs);
  await groups.expire();
  for (let i = 0; i < 1960; i++)
    await push({ job: `report-${i % 70}`, customer: `customer/${i}` }, `report_rows{region="eu"} ${i * 7}\n`);
  await push({ job: 'build', 'branch.name': 'main' }, points());
  // It is there to be refused.
  await push({ job: 'import' }, 'imported_total 1\nimported_total 2\n').catch(() => undefined);
  await clock.advance(hourMs);
}

function backup(i: number): string {
  return `# HELP backup_last_success_timestamp_seconds When the last backup ended well.
# TYPE backup_last_success_timestamp_seconds gauge
backup_last_success_timestamp_seconds ${1_767_225_600 + i}
# TYPE backup_bytes gauge
backup_bytes{volume="data"} ${i * 1e9}
backup_bytes{volume="a-volume-with-a-name-that-is-longer-than-any-phone-is-wide-0123456789"} NaN
`;
}

function points(): string {
  const lines = Array.from({ length: 900 }, (_, i) => `{"build.step_seconds",step="step-${i}"} ${i / 10}`);
  return `# TYPE "build.step_seconds" gauge\n${lines.join('\n')}\n`;
}
