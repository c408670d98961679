import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { contextOf, everything, seriesOf } from '../testing.ts';
import { textfile } from './textfile.ts';

const root = mkdtempSync(join(tmpdir(), 'textfile-'));
afterAll(() => rmSync(root, { recursive: true }));

async function told(files: Readonly<Record<string, string>>, name = `case-${Math.random()}`) {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return await toldOf(folder);
}

async function toldOf(...textfileDirectories: string[]) {
  const context = contextOf({});
  const families = await textfile({ ...everything, textfileDirectories }).collect(context);
  return { families, series: seriesOf(families), warnings: context.warnings };
}

it('tells what other programs wrote, and when they did', async () => {
  const { series, families, warnings } = await told({
    'a.prom': '# HELP jobs_done Jobs.\n# TYPE jobs_done counter\njobs_done{of="a\\nb"} 3\n',
    'b.prom': 'jobs_done{of="b"} 4\nplain 1e3\n',
    'notes.txt': 'not asked for',
  });
  expect(series).toMatchObject({
    'jobs_done{of="a\\nb"}': 3,
    'jobs_done{of="b"}': 4,
    'plain{}': 1000,
    'node_textfile_scrape_error{}': 0,
  });
  expect(Object.keys(series).filter((key) => key.startsWith('node_textfile_mtime_seconds'))).toHaveLength(2);
  expect(families.find(({ name }) => name === 'jobs_done')).toMatchObject({ help: 'Jobs.', type: 'counter' });
  expect(families.find(({ name }) => name === 'plain')?.help).toMatch(/^Metric read from .*b\.prom$/);
  expect(warnings).toEqual([]);
});

it.each([
  ['that is not in the format', 'one two three four\n'],
  ['with times', 'a 1 1700000000000\n'],
  ['that is too long', `${'# a comment\n'.repeat(400_000)}a 1\n`],
])('leaves out a file %s, and says so', async (_case, text) => {
  const { series, warnings } = await told({ 'bad.prom': text, 'good.prom': 'well 1\n' });
  expect(series).toMatchObject({ 'well{}': 1, 'node_textfile_scrape_error{}': 1 });
  expect(series).not.toHaveProperty(['a{}']);
  expect(warnings).toMatchObject([{ path: expect.stringMatching(/bad\.prom$/) }]);
});

it('waits for nobody to write into a FIFO', async () => {
  const folder = join(root, 'fifo');
  mkdirSync(folder);
  execFileSync('mkfifo', [join(folder, 'x.prom')]);
  const { series, warnings } = await toldOf(folder);
  expect(series).toEqual({ 'node_textfile_scrape_error{}': 1 });
  expect(warnings).toMatchObject([{ error: 'it is not a regular file' }]);
});

it('tells a series once that is there twice, in one file or in two', async () => {
  const { series, warnings } = await told({
    'a.prom': 'x{a="1"} 1\nx{a="1"} 2\n',
    'b.prom': 'x{a="1"} 3\nx 4\n',
  });
  expect(series).toMatchObject({ 'x{a="1"}': 1, 'x{}': 4 });
  expect(warnings).toHaveLength(2);
});

it('reads 10,000 lines', async () => {
  const lines = Array.from({ length: 10_000 }, (_, i) => `many{i="${i}"} ${i}\n`).join('');
  const { series } = await told({ 'many.prom': lines });
  expect(series['many{i="9999"}']).toBe(9999);
  expect(Object.keys(series).filter((key) => key.startsWith('many'))).toHaveLength(10_000);
});

it('takes patterns of folders, and says when one is not there', async () => {
  await told({ 'a.prom': 'of 1\n' }, 'team-a');
  await told({ 'b.prom': 'of{b=""} 1\nother 2\n' }, 'team-b');
  const { series } = await toldOf(join(root, 'team-*'));
  expect(series).toMatchObject({ 'of{}': 1, 'other{}': 2, 'node_textfile_scrape_error{}': 0 });
  expect((await toldOf(join(root, 'nowhere'))).series).toEqual({ 'node_textfile_scrape_error{}': 1 });
});
