import { expect, it } from 'vitest';
import { runCli } from '../../test/support/run-cli.ts';
import { runSkopos, workshop } from '../../test/support/run-skopos.ts';
import { jobsCommand } from './jobs.ts';
import { schedulesCommand } from './schedules.ts';
import { triggerCommand } from './trigger.ts';

it('starts scans, keeps recurring ones, and sends commands as their pods do', async () => {
  const { folder, data, dir, write } = workshop();
  const { url } = await runSkopos({ folder, data }, dir);
  const to = ['--url', url];
  const scan = await runCli(jobsCommand, ['jobs', 'start', '--namespace', 'shop', '--wait', ...to], dir);
  expect(scan).toMatchObject({ exitCode: 0, err: '' });
  expect(scan.out).toMatch(
    /^done .*Scan of namespace shop .*\n {2}score \d+, NSA \d+\n {2}\d+ objects; failed verdicts: /,
  );

  const made = await runCli(
    schedulesCommand,
    [
      'schedules',
      'create',
      'nightly',
      'posture',
      '--cron',
      '30 2 * * *',
      '--time-zone',
      'Europe/Berlin',
      ...to,
    ],
    dir,
  );
  expect(made.out).toMatch(
    /^nightly {2}posture: the cluster {2}30 2 \* \* \* Europe\/Berlin, built-in\n {2}next \S+, never run\n$/,
  );
  const run = await runCli(schedulesCommand, ['schedules', 'run', 'nightly', '--wait', ...to], dir);
  expect(run.out).toMatch(/^done .*\(nightly\)/);
  const paused = await runCli(schedulesCommand, ['schedules', 'update', 'nightly', '--pause', ...to], dir);
  expect(paused.out).toContain('paused, last done');
  expect((await runCli(schedulesCommand, ['schedules', 'update', 'nightly', ...to], dir)).exitCode).toBe(2);

  const body = write(
    'request-body.json',
    '{"commands":[{"CommandName":"kubescapeScan","args":{"scanV1":{}}}]}',
  );
  const args = ['trigger', '--body', body, '--key', 'job-1', '--schedule', 'nightly', ...to];
  expect((await runCli(triggerCommand, args, dir)).out).toBe('kubescapeScan job-1\n');
  expect((await runCli(triggerCommand, args, dir)).out).toBe('kubescapeScan job-1 (was there already)\n');
  const refused = await runCli(triggerCommand, ['trigger', '--body', '-', ...to], dir, '{"commands":[]}');
  expect(refused).toMatchObject({ exitCode: 2, err: 'commands: there is no command in it' });

  const list = await runCli(jobsCommand, ['jobs', '--schedule', 'nightly', '--json', ...to], dir);
  expect(JSON.parse(list.out)).toMatchObject({ total: 2 });
  expect((await runCli(jobsCommand, ['jobs', 'show', 'nobody', ...to], dir)).exitCode).toBe(2);
  expect((await runCli(schedulesCommand, ['schedules', 'delete', 'nightly', ...to], dir)).out).toBe(
    'nightly is deleted.\n',
  );
  expect((await runCli(schedulesCommand, ['schedules', ...to], dir)).out).toContain(
    'There are no recurring scans',
  );
});
