import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../kit/app-error.ts';
import { parseCommand, parseCommands } from './command.ts';
import { commandsFor } from './commands-for.ts';
import { knownCommands, planOf } from './plan.ts';
import { parseWlid } from './wlid.ts';

const plan = (command: object) => planOf(parseCommand(command));
const registry = { registryName: 'registry.shop:5000/team', depth: 3, isHTTPS: false };

describe('commands', () => {
  it('are read however the letters of their fields are written', () => {
    const [command] = parseCommands({
      Commands: [
        { CommandName: 'kubescapeScan', WLID: '', JobTracking: { JobID: 'a', parentAction: 'b' }, Args: {} },
      ],
    });
    expect(command).toMatchObject({ commandName: 'kubescapeScan', jobId: 'a', parentId: 'b' });
  });

  it.each([
    [{ commandName: 'scan', wildWlid: 'wlid://cluster-c/namespace-shop' }, 'the images of namespace shop'],
    [{ commandName: 'scan', wlid: 'wlid://cluster-c' }, 'the images of the cluster'],
    [
      { commandName: 'scan', wlid: 'wlid://cluster-c/namespace-shop/deployment-my-cart' },
      'the images of deployment shop/my-cart',
    ],
    [
      {
        commandName: 'scan',
        designators: [{ designatorType: 'Attributes', attributes: { namespace: 'a' } }],
      },
      'the images of namespace a',
    ],
    [
      { commandName: 'KUBESCAPEscan', args: { scanv1: { includenamespaces: ['a', 'b'] } } },
      'namespaces a, b',
    ],
    [
      { commandName: 'kubescapeScan', args: { scanV1: { excludedNamespaces: ['kube-system'] } } },
      'the cluster without kube-system',
    ],
    [{ commandName: 'kubescapeScan', args: { scanV1: { targetNames: ['all'] } } }, 'the cluster'],
    [
      { commandName: 'scanRegistry', args: { 'registryInfo-v1': registry } },
      'the registry registry.shop:5000/team',
    ],
  ])('%j is a scan of what it names', (command, what) => {
    expect(plan(command)).toMatchObject({ title: `Scan of ${what}` });
  });

  it('keep no credentials', () => {
    const command = {
      commandName: 'scanRegistry',
      args: {
        'registryInfo-v1': { ...registry, authMethod: { type: 'basic', username: 'u', password: 'hunter2' } },
      },
    };
    const { work } = plan(command);
    expect(work).toMatchObject({
      type: 'unsupported',
      reason: expect.stringContaining('kubescape.io/registry=creds'),
    });
    expect(JSON.stringify(work)).not.toContain('hunter2');
  });

  it.each([
    [
      {
        commandName: 'setKubescapeCronJob',
        args: {
          kubescapeJobParams: { cronTabSchedule: '1 2 * * *' },
          scanV1: { targetType: 'framework', targetNames: ['NSA'] },
        },
      },
      {
        action: 'set',
        kind: 'posture',
        cron: '1 2 * * *',
        commands: [
          {
            commandName: 'kubescapeScan',
            args: { scanV1: { targetType: 'framework', targetNames: ['NSA'] } },
          },
        ],
      },
    ],
    [
      {
        commandName: 'setVulnScanCronJob',
        args: { jobParams: { cronTabSchedule: '1 2 * * *', name: 'vuln' } },
        designators: [{ attributes: {} }],
      },
      {
        action: 'set',
        kind: 'images',
        name: 'vuln',
        commands: [{ commandName: 'scan', designators: [{ designatorType: 'Attributes', attributes: {} }] }],
      },
    ],
    [
      {
        commandName: 'setRegistryScanCronJob',
        args: { 'registryInfo-v1': registry },
        designators: [{ attributes: { cronTabSchedule: '@daily' } }],
      },
      {
        action: 'set',
        kind: 'registry',
        cron: '@daily',
        commands: [{ commandName: 'scanRegistry', args: { 'registryInfo-v1': registry } }],
      },
    ],
    [
      {
        commandName: 'updateVulnScanCronJob',
        args: { jobParams: { name: 'vuln', cronTabSchedule: '3 3 * * *' } },
      },
      { action: 'update', name: 'vuln', cron: '3 3 * * *' },
    ],
    [
      { commandName: 'deleteRegistryScanCronJob', args: { jobParams: { name: 'reg' } } },
      { action: 'delete', name: 'reg' },
    ],
  ])('%j changes recurring scans', (command, change) => {
    expect(plan(command)).toMatchObject({ kind: 'schedule', work: { type: 'schedule', change } });
  });

  it('of every name become a job, whatever their arguments are', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...knownCommands, 'other'),
        fc.dictionary(
          fc.constantFrom('scanV1', 'jobParams', 'registryInfo-v1', 'images', 'kubescapeJobParams'),
          fc.jsonValue(),
        ),
        fc.jsonValue(),
        (commandName, args, wlid) => {
          let command: ReturnType<typeof parseCommand>;
          try {
            command = parseCommand({ commandName, args, ...(typeof wlid === 'string' ? { wlid } : {}) });
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
            return;
          }
          const { work } = planOf(command);
          expect(JSON.parse(JSON.stringify(work))).toEqual(work);
        },
      ),
    );
  });

  it('of any body are refused with a reason or taken', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        try {
          parseCommands(body);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });
});

it('wishes of our own API say the same as the commands that they become', () => {
  const [posture] = commandsFor({ kind: 'posture', namespaces: ['a'], frameworks: ['NSA'] });
  expect(plan(posture as object)).toMatchObject({ title: 'Scan of namespace a by NSA' });
  expect(
    commandsFor({ kind: 'images', namespaces: ['a', 'b'] }).map((one) => plan(one as object).title),
  ).toEqual(['Scan of the images of namespace a', 'Scan of the images of namespace b']);
  expect(() => commandsFor({ kind: 'posture', frameworks: ['NSA'], controls: ['C-0057'] })).toThrow(
    /not both/,
  );
});

it.each(['', 'cluster-a', 'wlid://', 'wlid://namespace-a', 'wlid://cluster-a/pod-b'])(
  '%j is no workload id',
  (text) => {
    expect(() => parseWlid(text)).toThrow(/wlid/);
  },
);
