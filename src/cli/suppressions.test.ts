import { expect, it, vi } from 'vitest';
import { runCli } from '../../test/support/run-cli.ts';
import { runSkopos, workshop } from '../../test/support/run-skopos.ts';
import type { FindingsJson } from '../api/skopos/contract.ts';
import { suppressionsCommand } from './suppressions.ts';

const patience = { timeout: 20_000, interval: 50 };

it('shows, makes, lists and ends silences and exceptions', async () => {
  const shop = workshop();
  shop.makePrivileged();
  const running = await runSkopos({ folder: shop.folder, data: shop.data }, shop.dir);
  await vi.waitFor(() => expect(running.embedded.chain.isReady).toBe(true), patience);
  const run = (...args: string[]) =>
    runCli(suppressionsCommand, ['suppressions', ...args, '--url', running.url], shop.dir);
  const open = async () => (await running.api<FindingsJson>('findings?control=C-0057')).items.length;

  expect(await run('list')).toMatchObject({ exitCode: 0, out: 'Nothing is held back.\n' });
  const except = ['except', '--control', 'C-0057', '--name', 'cart', '--reason', 'known'];
  expect((await run(...except, '--dry-run')).out).toBe(
    'It would hold back 1 failing verdicts.\n  C-0057 Deployment shop/cart\n',
  );
  expect(await open()).toBe(1);
  const exception = (await run(...except, '--owner', 'team-a', '--for', '1d')).out.trim();
  expect(await open()).toBe(0);
  const silence = (await run('silence', 'alertname="Slow"', '--by', 'kim', '--reason', 'mended')).out.trim();

  const list = (await run()).out;
  expect(list).toContain(`exception ${exception}  name: cart; control: C-0057`);
  expect(list).toMatch(/holds back 1 verdicts, ends .*, owner team-a/);
  expect(list).toContain(`silence ${silence}  alertname="Slow"`);
  expect((await run('list', '--kind', 'silence')).out).not.toContain(exception);

  expect((await run('end', exception)).out).toBe(`exception ${exception} has ended\n`);
  expect((await run('end', silence)).exitCode).toBe(0);
  expect(await open()).toBe(1);
  expect((await run('list')).out).toBe('Nothing is held back.\n');
  expect((await run('list', '--state', 'expired')).out).toContain(exception);
});

it('ends with 2 for what is not confirmed, not there, or no duration', async () => {
  const shop = workshop();
  const running = await runSkopos({ folder: shop.folder, data: shop.data }, shop.dir);
  const run = (...args: string[]) =>
    runCli(suppressionsCommand, ['suppressions', ...args, '--url', running.url], shop.dir);
  const except = ['except', '--name', 'cart', '--reason', 'known'];
  expect(await run(...except, '--for', 'never')).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('has no end'),
  });
  expect(await run(...except, '--for', 'soon')).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('expected a duration'),
  });
  expect(await run('end', 'none')).toMatchObject({ exitCode: 2 });
  expect((await run(...except, '--for', 'never', '--confirm')).exitCode).toBe(0);
});
