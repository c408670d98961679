import { expect, it } from 'vitest';
import { runCli } from '../../test/support/run-cli.ts';
import { controls } from '../posture/controls/index.generated.ts';
import { explainCommand } from './explain.ts';

const explain = (...args: string[]) => runCli(explainCommand, ['explain', ...args], '.');

it.each(['C-0016', 'c-0016', 'C0016', 'allow privilege escalation'])('knows %s', async (name) => {
  const { exitCode, out } = await explain(name);
  expect(exitCode).toBe(0);
  expect(out).toContain('C-0016 Allow privilege escalation');
  expect(out).toMatch(/severity +medium \(6\)/);
  expect(out).toMatch(/Why\n {2}\S/);
  expect(out).toMatch(/What to do\n {2}\S/);
  expect(out).toMatch(/Frameworks\n {2}NSA\n/);
  expect(out).toMatch(
    /Fails at spec\.template\.spec\.containers\[0\]\.securityContext\.allowPriv.*\n {2}apiVersion: /,
  );
  expect(out).toMatch(/Passes\n {2}apiVersion: /);
});

it('tells the numbers of benchmarks, and prints JSON', async () => {
  const { out } = await explain('C-0113', '--json');
  const { frameworks } = JSON.parse(out);
  expect(frameworks).toContainEqual(
    expect.objectContaining({ framework: expect.stringMatching(/^cis-v1/), number: '1.2.1' }),
  );
});

it('has something to say of every control', async () => {
  for (const { id } of controls) expect(await explain(id)).toMatchObject({ exitCode: 0, err: '' });
});

it.each([
  ['C-9999', 'there is no control "C-9999"'],
  ['Allow privilege escalatio', 'did you mean "Allow privilege escalation"?'],
])('exits 2 for %s', async (name, message) => {
  expect(await explain(name)).toMatchObject({ exitCode: 2, err: expect.stringContaining(message) });
});
