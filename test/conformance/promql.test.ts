import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { run } from './promql.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skopos-promql-'));
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

async function judge(script: string): Promise<Awaited<ReturnType<typeof run>>> {
  await writeFile(join(folder, 'own.test'), script);
  return run(folder);
}

const data = `load 1m
  requests_total{path="/a"} 0+60x10
  requests_total{path="/b"} 0+120x10
  gone 1 stale
`;

it('passes answers that are right, at other times and as ranges too', async () => {
  const script = `${data}
# Comments and blank lines part commands.
eval instant at 5m rate(requests_total[4m])
  {path="/a"} 1
  {path="/b"} 2

eval instant at 5m topk(1, requests_total)
  expect ordered
  requests_total{path="/b"} 600

eval instant at 2m gone

eval range from 0 to 2m step 1m sum(requests_total)
  {} 0 180 360

eval instant at 0 1 + 1
  2

eval instant at 0 "text"
  expect string "text"

eval instant at 2m requests_total{path="/a"}[2m]
  expect range vector from 1m to 2m step 1m
  requests_total{path="/a"} 60 120

eval instant at 5m rate(gone)
  expect fail msg: expected type range vector in call to function "rate", got instant vector

eval instant at 5m quantile(2, requests_total)
  expect warn regex: quantile value should be between 0 and 1, got 2
  expect no_info
  {} +Inf

clear

eval instant at 5m requests_total
`;
  expect(await judge(script)).toEqual({ passed: 10, failed: 0, skipped: 0 });
});

it.each([
  ['another value', 'eval instant at 5m requests_total{path="/a"}\n  requests_total{path="/a"} 301'],
  ['a series too few', 'eval instant at 5m requests_total\n  requests_total{path="/a"} 300'],
  ['a series too many', 'eval instant at 5m requests_total{path="/x"}\n  requests_total{path="/x"} 1'],
  [
    'another order',
    'eval instant at 5m sort(requests_total)\n  expect ordered\n  requests_total{path="/b"} 600\n  requests_total{path="/a"} 300',
  ],
  ['a step too many', 'eval range from 0 to 2m step 1m count(requests_total)\n  {} 2 2'],
  ['no failure', 'eval instant at 5m requests_total\n  expect fail'],
  ['another failure', 'eval instant at 5m rate(gone)\n  expect fail msg: something else'],
  ['a warning that is not there', 'eval instant at 5m sum(requests_total)\n  expect warn\n  {} 900'],
  [
    'a warning that should not be there',
    'eval instant at 5m quantile(2, requests_total)\n  expect no_warn\n  {} +Inf',
  ],
])('fails %s', async (_, script) => {
  expect(await judge(`${data}\n${script}\n`)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

it('fails every case of a script that cannot be read', async () => {
  expect(await judge('eval instant at 0 1\n  1\n\neval sometime 2\n')).toEqual({
    passed: 0,
    failed: 2,
    skipped: 0,
  });
});
