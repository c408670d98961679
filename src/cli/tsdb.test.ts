import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type CliRun, runCli } from '../../test/support/run-cli.ts';
import { tsdbCommand } from './tsdb.ts';

function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'cli-tsdb-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

function tsdb(dir: string, ...args: string[]): Promise<CliRun> {
  return runCli(tsdbCommand, ['tsdb', ...args], dir);
}

const text = `# TYPE a gauge
a{x="1"} 1000000 1700000000
a{x="1"} 0.00001234 1700000060.5
a{x="q\\"\\\\\\nä"} NaN 1700000000
# TYPE b counter
b_total -Inf 1700010000
# EOF
`;

/** A data directory with what the text says, and the ids of its blocks. */
async function imported(): Promise<{ dir: string; ulids: string[] }> {
  const dir = tempDir();
  writeFileSync(join(dir, 'samples.txt'), text);
  expect(await tsdb(dir, 'import', 'samples.txt', '-q')).toEqual({ exitCode: 0, out: '', err: '' });
  return { dir, ulids: readdirSync(join(dir, 'data')).sort() };
}

it('imports OpenMetrics text and dumps it as promtool does', async () => {
  const { dir, ulids } = await imported();
  expect(ulids).toHaveLength(2);
  const { out } = await tsdb(dir, 'dump');
  expect(out.split('\n').sort()).toEqual([
    '',
    '{__name__="a", x="1"} 1.234e-05 1700000060500',
    '{__name__="a", x="1"} 1e+06 1700000000000',
    '{__name__="a", x="q\\"\\\\\\nä"} NaN 1700000000000',
    '{__name__="b_total"} -Inf 1700010000000',
  ]);
});

it('dumps what is asked for, as OpenMetrics that can be imported again', async () => {
  const { dir } = await imported();
  const flags = ['--match', 'a{x="1"}', '--match', 'b_total', '--min-time', '1700000000001'];
  const { out } = await tsdb(dir, 'dump', '--format', 'openmetrics', ...flags);
  expect(out).toBe('a{x="1"} 1.234e-05 1700000060.500\nb_total -Inf 1700010000.000\n# EOF\n');
  writeFileSync(join(dir, 'again.txt'), out);
  expect((await tsdb(dir, 'import', 'again.txt', 'other')).exitCode).toBe(0);
  expect((await tsdb(dir, 'dump', 'other', '--format', 'openmetrics')).out).toBe(out);
});

it('lists blocks with times and sizes, for people too', async () => {
  const { dir, ulids } = await imported();
  const { out } = await tsdb(dir, 'list', '-r');
  expect(out.split('\n')[0]).toMatch(/^BLOCK ULID {18}MIN TIME .* NUM SERIES {3}SIZE$/);
  expect(out).toMatch(
    /2023-11-14 22:13:20 \+0000 UTC {2}2023-11-14 22:14:20.501 \+0000 UTC {2}1m0.501s {5}3 /,
  );
  for (const ulid of ulids) expect(out).toContain(ulid);
});

it('analyzes a block: the newest, or the one that is named', async () => {
  const { dir } = await imported();
  expect((await tsdb(dir, 'analyze')).out).toContain('Series: 1\n');
  const first = (await tsdb(dir, 'list')).out.split('\n')[1]?.slice(0, 26) ?? '';
  const { out } = await tsdb(dir, 'analyze', 'data', first, '--extended', '--limit', '1');
  expect(out).toContain('Highest cardinality labels:\n2 x\n\n');
  expect(out).toContain('Fullness: Amount of samples in chunks (100% is 120 samples)\n     10%: ####');
});

it.each([
  [['dump', 'nowhere'], 2, /there is no directory .*nowhere/],
  [['list', 'nowhere'], 2, /there is no directory/],
  [['analyze', '.'], 2, /has no blocks/],
  [
    ['dump', '.', '--format', 'csv'],
    2,
    /--format: expected one of prometheus, openmetrics, seriesjson, got "csv"/,
  ],
  [['import', 'nowhere'], 2, /there is no file/],
  [['import', 'bad.txt'], 2, /bad.txt: line 2: the sample has no timestamp/],
  [['import', 'cut.txt'], 2, /does not end with "# EOF"/],
])('%j ends with status %d and says why', async (args, exitCode, why) => {
  const dir = tempDir();
  writeFileSync(join(dir, 'bad.txt'), 'a 1 1\na 1\n# EOF\n');
  writeFileSync(join(dir, 'cut.txt'), 'a 1 1\n');
  const run = await tsdb(dir, ...args);
  expect(run.exitCode).toBe(exitCode);
  expect(run.err).toMatch(why);
});
