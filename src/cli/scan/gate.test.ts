import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { type CliRun, runCli } from '../../../test/support/run-cli.ts';
import { scanCommand } from '../scan.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skopos-gate-'));
  await writeFile(join(folder, 'a.yaml'), `${pod('web', 'shop')}---\n${pod('api', 'back')}`);
});

function pod(name: string, namespace: string): string {
  return `apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: ${namespace}, labels: { app: ${name} } }
spec: { hostNetwork: true, containers: [{ name: ${name}, image: example.com/web }] }
`;
}

function scan(...args: string[]): Promise<CliRun> {
  return runCli(scanCommand, ['scan', 'a.yaml', ...args], folder);
}

interface Json {
  readonly objects: number;
  readonly controls: { readonly id: string; readonly failed: number }[];
  readonly frameworks: { readonly compliance: number; readonly honest: number }[];
  readonly findings: {
    readonly controlId: string;
    readonly isNew?: boolean;
    readonly object: { name: string };
  }[];
}

async function json(...args: string[]): Promise<Json> {
  const { out, err } = await scan('-f', 'json', ...args);
  expect(err).toBe('');
  return JSON.parse(out) as Json;
}

it('fails on scores alone when only scores are asked for', async () => {
  const [framework] = (await json()).frameworks;
  const { honest = 0, compliance = 0 } = framework ?? {};
  expect(honest).toBeLessThan(compliance);
  const limits = [Math.floor(honest), Math.ceil(honest + 0.001)].map(String);
  expect(await scan('--score-threshold', limits[0] ?? '')).toMatchObject({ exitCode: 0, err: '' });
  expect(await scan('--score-threshold', limits[1] ?? '')).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining(`not passed: the score of NSA is ${Math.floor(honest)}, under ${limits[1]}`),
  });
  expect((await scan('--compliance-threshold', `${Math.floor(compliance)}`)).exitCode).toBe(0);
  expect((await scan('--compliance-threshold', '100')).err).toContain('the compliance of NSA is');
  expect((await scan('--compliance-threshold', '0', '--severity-threshold', 'low')).exitCode).toBe(1);
});

it('fails when too little could be judged', async () => {
  expect((await scan('--coverage-threshold', '10')).exitCode).toBe(0);
  expect(await scan('--coverage-threshold', '100')).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining('% could be judged, under 100 %'),
  });
});

it('fails only on findings that the baseline does not have, and counts what is gone', async () => {
  await scan('-f', 'json=base.json');
  expect((await scan('--baseline', 'base.json')).exitCode).toBe(0);
  await writeFile(
    join(folder, 'a.yaml'),
    `# moved\n${pod('web', 'shop').replace('true', 'false')}---\n${pod('api', 'back').replace('spec: {', 'spec: { hostPID: true,')}`,
  );
  const { exitCode, out, err } = await scan('--baseline', 'base.json', '--framework', 'NSA');
  expect(exitCode).toBe(1);
  expect(err).toBe('not passed: 1 new finding\n');
  expect(out).toMatch(/against base\.json: 1 new, \d+ still there, 1 gone/);
  const found = JSON.parse((await scan('--baseline', 'base.json', '-f', 'json')).out) as Json;
  expect(found.findings.filter(({ isNew }) => isNew)).toMatchObject([
    { controlId: 'C-0038', object: { name: 'api' } },
  ]);
});

it('tells only of what the filters leave, and scores it', async () => {
  const names = ({ findings }: Json) => [...new Set(findings.map(({ object }) => object.name))].sort();
  expect(names(await json())).toEqual(['api', 'web']);
  for (const args of [
    ['--include-namespaces', 'shop'],
    ['--exclude-namespaces', 'back'],
    ['-l', 'app=web'],
    ['-l', 'app!=api'],
    ['-l', 'app', '-l', 'app=web'],
  ]) {
    const found = await json(...args);
    expect(names(found)).toEqual(['web']);
    expect(found.objects).toBe(1);
    expect(found.controls.find(({ id }) => id === 'C-0041')?.failed).toBe(1);
  }
  const one = await json('--include-controls', 'c-0041,C-0057', '--exclude-controls', 'C-0057');
  expect(one.controls.map(({ id }) => id)).toEqual(['C-0041']);
  expect(one.findings).toHaveLength(2);
});

it.each([
  [
    ['--include-namespaces', 'shpo'],
    '--include-namespaces: no object is of namespace "shpo" (did you mean "shop"?)',
  ],
  [['--exclude-namespaces', 'nowhere'], 'there are: back, shop'],
  [['--include-kinds', 'Pods'], 'no object is of kind "Pods" (did you mean "Pod"?)'],
  [['--exclude-kinds', 'Deployment'], 'no object is of kind "Deployment"'],
  [['--exclude-kinds', 'pod'], 'the filters leave none of the 2 objects'],
  [['--include-controls', 'C-9999'], 'there is no control "C-9999"'],
  [['--include-controls', 'C-0001'], 'C-0001 is not in NSA; add --framework AllControls'],
  [['--exclude-controls', 'C-O041'], 'there is no control "C-O041"'],
  [['-l', 'app=nobody'], 'the filters leave none of the 2 objects'],
  [['-l', 'app in a'], 'expected key=value'],
  [['--score-threshold', 'high'], 'Expected a number from 0 to 100'],
  [['--baseline', 'a.yaml'], 'a.yaml: is not JSON'],
  [['--baseline', 'none.json'], 'none.json'],
])('exits 2 for %j', async (args, message) => {
  const { exitCode, err, out } = await scan(...args);
  expect({ exitCode, err, out }).toEqual({ exitCode: 2, err: expect.stringContaining(message), out: '' });
});
