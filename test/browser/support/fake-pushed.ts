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
  return { busy: serve(makePushes(nowMs)), empty: serve(undefined) };
}

function serve(groups: PushGroups | undefined): FastifyInstance {
  const app = createServer({ log: silentLogger, loopbackOnly: true });
  pushedRoutes(app, groups === undefined ? undefined : pushedReader(groups));
  return app;
}

const hourMs = 3_600_000;

function makePushes(nowMs: number): PushGroups {
  const clock = new VirtualClock(nowMs - 30 * hourMs);
  const keeper = { load: () => [], put() {}, delete() {}, clear() {} };
  const rules = { utf8Names: true, reserved: () => undefined };
  const groups = new PushGroups({
    ...{ clock, keeper, rules, maxGroups: 10_000, maxSeries: 100_000, changed() {} },
  });
  const push = (labels: Record<string, string>, text: string, timeToLiveMs?: number) =>
    groups.push(labels, readTextBody(text), {
      mode: 'replace',
      ...(timeToLiveMs === undefined ? {} : { timeToLiveMs }),
    });
  for (let i = 0; i < 40; i++)
    push({ job: 'nightly-backup', instance: `db-${i}` }, backup(i), (i < 3 ? 26 : 50) * hourMs);
  void clock.advance(29 * hourMs);
  groups.expire();
  for (let i = 0; i < 1960; i++)
    push({ job: `report-${i % 70}`, customer: `customer/${i}` }, `report_rows{region="eu"} ${i * 7}\n`);
  push({ job: 'build', 'branch.name': 'main' }, points());
  try {
    push({ job: 'import' }, 'imported_total 1\nimported_total 2\n');
  } catch {
    // It is there to be refused.
  }
  void clock.advance(hourMs);
  return groups;
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
