import { join } from 'node:path';
import type { DoctorCheckJson, DoctorJson } from '../../api/skopos/doctor-contract.ts';
import { type ConfigFlags, type LoadedConfig, loadConfig } from '../../config/load-config.ts';
import { messageOf } from '../../kit/app-error.ts';
import { systemClock } from '../../kit/clock.ts';
import { clusterProbe } from '../../roles/doctor/cluster-probe.ts';
import { controlsByKind } from '../../roles/doctor/concerned-controls.ts';
import { Doctor, type Probe } from '../../roles/doctor/doctor.ts';
import { portProbe } from '../../roles/doctor/listen-probe.ts';
import { receiversProbe } from '../../roles/doctor/receivers-probe.ts';
import { replicasProbe } from '../../roles/doctor/replicas-probe.ts';
import { storeProbe } from '../../roles/doctor/store-probe.ts';
import { chooseSource, type SourceChoice } from '../../roles/object-source.ts';
import { permissionsFor } from '../../roles/permissions.ts';
import { loadPosture, loadReloadable } from '../../roles/settings.ts';
import { checkConfig } from '../check/check-config.ts';

const configuration = { id: 'configuration', title: 'Configuration' };

/** Examines what a process started with these flags would find; nothing is started, and nothing is kept. */
export async function examineConfig(
  flags: ConfigFlags,
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<DoctorJson> {
  const files = await filesCheck(flags, cwd);
  const probes: Probe[] = [{ ...configuration, run: async () => [files] }];
  if (files.state !== 'fail') probes.push(...(await probesOf(loadConfig(flags, cwd), cwd, env)));
  return await new Doctor({ clock: systemClock, probes }).examine();
}

async function filesCheck(flags: ConfigFlags, cwd: string): Promise<DoctorCheckJson> {
  const { problems, warnings, found = '' } = await checkConfig(flags.config, cwd);
  const [first] = problems;
  const advice = 'Mend what is named; `skopos check config` shows the same.';
  if (first !== undefined) {
    const items = problems.map((message, i) => ({ name: `${i + 1}`, state: 'fail' as const, message }));
    return {
      ...configuration,
      state: 'fail',
      message: first,
      advice,
      ...(items.length > 1 ? { items } : {}),
    };
  }
  try {
    // What the flags say over the file may be wrong where the file is not.
    loadReloadable(loadConfig(flags, cwd));
  } catch (error) {
    return { ...configuration, state: 'fail', message: messageOf(error), advice };
  }
  const [warning] = warnings;
  if (warning !== undefined) return { ...configuration, state: 'warn', message: warning, advice };
  return { ...configuration, state: 'ok', message: found.replace(/^SUCCESS: /, 'well: '), advice: '' };
}

async function probesOf(
  config: LoadedConfig,
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<readonly Probe[]> {
  let choice: SourceChoice;
  try {
    choice = await chooseSource(config, env);
  } catch (error) {
    const source = { id: 'source', title: 'What is watched' };
    const advice = 'Name another folder or kubeconfig, or mend this one.';
    return [
      { ...source, run: async () => [{ ...source, state: 'fail', message: messageOf(error), advice }] },
    ];
  }
  const folder = config.data ?? join(cwd, '.skopos', config.cluster ?? choice.cluster);
  return [
    ...sourceProbes(choice, config),
    storeProbe({ folder }),
    portProbe(config),
    receiversProbe(() => loadReloadable(config).alerting.receivers),
  ];
}

function sourceProbes(choice: SourceChoice, config: LoadedConfig): readonly Probe[] {
  if (choice.kind === 'cluster')
    return [
      clusterProbe({
        access: choice.access,
        permissions: permissionsFor(config),
        concerned: controlsByKind(loadPosture(config).controls),
        policyReports: config.results?.policy_reports === true,
      }),
      ...(config.replicas === undefined
        ? []
        : [replicasProbe({ access: choice.access, clock: systemClock, replicas: config.replicas })]),
    ];
  const source = { id: 'source', title: 'What is watched' };
  const message = `the manifests in ${choice.folder}${choice.isExample ? ', the example: no cluster was named or found' : ''}`;
  return [{ ...source, run: async () => [{ ...source, state: 'ok', message, advice: '' }] }];
}
