import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { pushgatewayRoutes } from '../../src/api/pushgateway/routes.ts';
import { GroupTable } from '../../src/exporters/push/group-table.ts';
import { pushSchema } from '../../src/exporters/push/settings.ts';
import { createServer } from '../../src/http/server.ts';
import { VirtualClock } from '../../src/kit/clock.ts';
import { silentLogger } from '../../src/log/logger.ts';
import type { Labels } from '../../src/model/labels.ts';
import type { LedgerEntry } from '../../src/model/ledger.ts';
import { isStaleAt } from '../../src/model/sample.ts';
import { PushRole } from '../../src/roles/push-role.ts';
import { openDatabase } from '../../src/store/open.ts';
import { crc32c } from '../../src/tsdb/crc32c.ts';
import { TimeSeriesStore } from '../../src/tsdb/store.ts';

/** The role `push` with its API, a database in a folder of its own and a store in memory. */
export function openPush(settings: object = {}, folder = newFolder()) {
  const clock = new VirtualClock(1_767_225_600_000);
  const db = openDatabase(join(folder, 'skopos.db'));
  let isOpen = true;
  const close = () => {
    if (isOpen) db.close();
    isOpen = false;
  };
  onTestFinished(close);
  const store = new TimeSeriesStore({ clock, log: silentLogger });
  const woken: Labels[] = [];
  const rows: LedgerEntry[] = [];
  const role = new PushRole({
    ...{ settings: pushSchema.parse(settings), keeper: new GroupTable(db), clock, log: silentLogger, store },
    ledger: (row) => void rows.push(row),
    inputsChanged(series) {
      woken.push(...series);
      return 1;
    },
  });
  const answers: string[] = [];
  const app = createServer({ log: silentLogger, loopbackOnly: true });
  pushgatewayRoutes(
    app,
    role.source({
      ...{ crc32c, version: '0.0.0', startedAtMs: clock.now() },
      answered: (method, status) => void answers.push(`${method} ${status}`),
    }),
  );
  const send = (
    method: 'PUT' | 'POST' | 'DELETE' | 'GET' | 'PATCH',
    url: string,
    payload: string | Buffer = '',
    headers: Record<string, string> = {},
  ) => app.inject({ method, url, payload, headers });
  /** The newest value of the first series with the name, or that it has ended. */
  const value = (name: string): number | 'stale' | undefined => {
    const matchers = [{ name: '__name__', op: '=' as const, value: name }];
    for (const { values } of store.select({ matchers, fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }))
      return isStaleAt(values, values.length - 1) ? 'stale' : values.at(-1);
    return undefined;
  };
  return { app, role, store, clock, send, value, woken, rows, answers, folder, close };
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'skopos-push-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
