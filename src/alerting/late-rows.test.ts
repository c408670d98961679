import fc from 'fast-check';
import { expect, it } from 'vitest';
import { VirtualClock } from '../kit/clock.ts';
import { silentLogger } from '../log/logger.ts';
import type { Database } from '../store/database.ts';
import { openDatabase } from '../store/open.ts';
import { LateRows } from './late-rows.ts';
import { WriteBehind } from './write-behind.ts';

/** A table in memory, whose transactions fail at their end while told to. */
function start() {
  const real = openDatabase(':memory:');
  real.exec('CREATE TABLE things (id TEXT PRIMARY KEY, a REAL NOT NULL, b TEXT NOT NULL) WITHOUT ROWID');
  const disk = { isFull: false };
  const database: Database = {
    prepare: (sql) => real.prepare(sql),
    exec: (sql) => real.exec(sql),
    transaction: (work) =>
      real.transaction(() => {
        const result = work();
        if (disk.isFull) throw new Error('the disk is full');
        return result;
      }),
    close: () => real.close(),
  };
  const writes = new WriteBehind(database, new VirtualClock(1000), silentLogger);
  const rows = new LateRows({ database, writes, table: 'things', columns: ['id', 'a', 'b'] });
  const kept = () =>
    Object.fromEntries(
      real
        .prepare('SELECT * FROM things')
        .all()
        .map(({ id, a, b }) => [id, [a, b]]),
    );
  return { writes, rows, kept, disk, close: () => real.close() };
}

it('keeps what was said last of each key, whatever came before, and however often the disk failed', () => {
  const step = fc.oneof(
    fc.record({ key: fc.nat(120), value: fc.nat(5) }),
    fc.record({ key: fc.nat(120), value: fc.constant(undefined) }),
    fc.constantFrom('flush' as const, 'fail' as const),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
      const { writes, rows, kept, disk, close } = start();
      const expected: Record<string, readonly [number, string]> = {};
      for (const one of steps) {
        if (typeof one === 'string') {
          disk.isFull = one === 'fail';
          writes.flush();
        } else if (one.value === undefined) {
          rows.delete(`${one.key}`);
          delete expected[`${one.key}`];
        } else {
          const values = [one.value, `text ${one.value}`] as const;
          rows.set(`${one.key}`, () => values);
          expected[`${one.key}`] = values;
        }
      }
      disk.isFull = false;
      writes.close();
      expect(kept()).toEqual(expected);
      close();
    }),
    { numRuns: 50 },
  );
});
