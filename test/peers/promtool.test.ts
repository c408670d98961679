import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/kit/clock.ts';
import { silentLogger } from '../../src/log/logger.ts';
import { TimeSeriesStore } from '../../src/tsdb/store.ts';

const rulesDir = join(import.meta.dirname, '../../rules');
const isInstalled = spawnSync('promtool', ['--version']).status === 0;

/** Skipped, with what to install, where the peer is not there: `apt-get install prometheus`. */
describe.skipIf(!isInstalled)('promtool (of the Debian package prometheus)', () => {
  const files = readdirSync(rulesDir);

  it('accepts the shipped rules and passes their tests', () => {
    const tests = files.filter((file) => file.endsWith('.test.yaml'));
    const rules = files.filter((file) => file.endsWith('.yaml') && !tests.includes(file));
    expect(promtool(['check', 'rules', ...rules], rulesDir)).toMatchObject({ status: 0 });
    expect(promtool(['test', 'rules', ...tests], rulesDir)).toMatchObject({ status: 0 });
  });

  it('reads the data directory, markers and strange values included', () => {
    const dir = mkdtempSync(join(tmpdir(), 'tsdb-peer-'));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    const store = new TimeSeriesStore({ dir, clock: systemClock, log: silentLogger });
    const atMs = Date.now() - 60_000;
    const wanted: string[] = [];
    for (let i = 0; i < 3000; i++) {
      const labels = { __name__: 'n', i: String(i), text: 'ä"\\'.repeat(i % 20) };
      const values = [i / 7, Number.NEGATIVE_INFINITY, 'stale', 1e300] as const;
      for (const [k, value] of values.entries()) {
        store.append([{ labels, atMs: atMs + k, value }]);
        wanted.push(`${i} ${value === 'stale' ? 'NaN' : formatGo(value)} ${atMs + k}`);
      }
    }
    store.close();
    const { stdout, stderr, status } = promtool(['tsdb', 'dump', dir], dir);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const got = [...stdout.matchAll(/i="(\d+)".*\} (\S+) (\d+)$/gm)].map(
      ([, i, value, ms]) => `${i} ${value} ${ms}`,
    );
    expect(got.sort()).toEqual(wanted.sort());
  });
});

function promtool(
  args: readonly string[],
  cwd: string,
): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return { status, stdout, stderr };
}

/** As Go's `%v` writes a float. */
function formatGo(value: number): string {
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return value === 1e300 ? '1e+300' : String(value);
}
