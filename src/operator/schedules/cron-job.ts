import { parse } from 'yaml';
import { BadInputError, messageOf } from '../../kit/app-error.ts';
import type { KubeObject, ObjectMeta } from '../../model/object.ts';
import * as names from './kubescape-names.ts';
import { type Schedule, type ScheduleKind, scheduleKinds, type WantedSchedule } from './schedule.ts';

/** A CronJob, as far as it is read here; what else stands in it is kept. */
export interface CronJob extends KubeObject {
  readonly spec: {
    readonly schedule: string;
    readonly timeZone?: string | null;
    readonly suspend?: boolean;
    readonly jobTemplate: {
      readonly metadata?: Partial<ObjectMeta>;
      readonly spec: {
        readonly template: {
          readonly metadata?: Partial<ObjectMeta>;
          readonly spec?: { readonly volumes?: readonly Volume[]; readonly [field: string]: unknown };
        };
        readonly [field: string]: unknown;
      };
      readonly [field: string]: unknown;
    };
    readonly [field: string]: unknown;
  };
  readonly status?: { readonly lastScheduleTime?: string };
}

interface Volume {
  readonly name: string;
  readonly configMap?: { readonly name?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** The CronJob in a template ConfigMap. @throws {BadInputError} when it is none */
export function parseTemplate(text: string, source: string): CronJob {
  let object: CronJob | null;
  try {
    object = parse(text) as CronJob | null;
  } catch (error) {
    throw new BadInputError(source, `the template is no YAML: ${messageOf(error)}`, { cause: error });
  }
  const volumes = object?.spec?.jobTemplate?.spec?.template?.spec?.volumes;
  if (object?.kind !== 'CronJob' || !Array.isArray(volumes))
    throw new BadInputError(source, `expected a CronJob under "${names.templateKey}"`);
  if (!volumes.some(({ name }) => name === names.bodyVolume))
    throw new BadInputError(
      source,
      `the template has no volume "${names.bodyVolume}" for the body of the request`,
    );
  return object;
}

/** The CronJob of a recurring scan, from its template. */
export function cronJobFrom(template: CronJob, wanted: WantedSchedule, namespace: string): CronJob {
  const { name, kind, cron, timeZone, isPaused, jobId = '' } = wanted;
  const labels = {
    app: name,
    [names.tierLabel]: names.tiers[kind],
    [names.managedByLabel]: 'skopos',
  };
  const annotations = {
    ...(jobId === '' ? {} : { [names.jobIdAnnotation]: jobId, [names.oldJobIdAnnotation]: jobId }),
    [names.namespaceAnnotation]: namespace,
    ...detailsOf(wanted),
  };
  const { metadata, spec } = template;
  const { jobTemplate, ...schedule } = spec;
  const pod = jobTemplate.spec.template;
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: {
      name,
      namespace,
      labels: { ...metadata?.labels, ...labels },
      annotations: { ...metadata?.annotations, ...annotations },
    },
    spec: {
      ...schedule,
      schedule: cron,
      suspend: isPaused,
      ...(timeZone === '' ? {} : { timeZone }),
      jobTemplate: {
        ...jobTemplate,
        spec: {
          ...jobTemplate.spec,
          template: {
            ...pod,
            metadata: {
              ...pod.metadata,
              labels: { ...pod.metadata?.labels, ...labels },
              annotations: { ...pod.metadata?.annotations, ...annotations },
            },
            spec: { ...pod.spec, volumes: (pod.spec?.volumes ?? []).map((volume) => withBody(volume, name)) },
          },
        },
      },
    },
  };
}

function withBody(volume: Volume, configMap: string): Volume {
  if (volume.name !== names.bodyVolume) return volume;
  return { ...volume, configMap: { ...volume.configMap, name: configMap } };
}

/** What the scan is about, for those who look at the objects. */
function detailsOf({ kind, commands }: WantedSchedule): Readonly<Record<string, string>> {
  const args = (
    commands[0] as { readonly args?: Readonly<Record<string, Record<string, unknown>>> } | undefined
  )?.args;
  if (kind === 'registry') {
    const name = args?.['registryInfo-v1']?.['registryName'];
    return typeof name === 'string' ? { [names.registryAnnotation]: name } : {};
  }
  const frameworks = args?.['scanV1']?.['targetNames'];
  return kind === 'posture' && Array.isArray(frameworks) && frameworks.length > 0
    ? { [names.frameworkAnnotation]: frameworks.join(',') }
    : {};
}

/** The ConfigMap of its body. It goes when the CronJob goes, whoever deletes that. */
export function configMapFor(cronJob: CronJob, commands: readonly unknown[]): ConfigMap {
  const { name, namespace, uid, labels } = cronJob.metadata;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      ...(uid === undefined
        ? {}
        : { ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name, uid }] }),
    },
    data: { [names.bodyKey]: JSON.stringify({ commands }) },
  };
}

/** The ConfigMap that holds a CronJob's body; undefined for a CronJob that is no recurring scan. */
export function bodyConfigMapOf({ spec }: CronJob): string | undefined {
  return spec?.jobTemplate?.spec?.template?.spec?.volumes?.find(({ name }) => name === names.bodyVolume)
    ?.configMap?.name;
}

/** A CronJob with its ConfigMap as a recurring scan. `undefined` when it is none, or nobody can tell of what kind. */
export function scheduleFrom(cronJob: CronJob, configMap: ConfigMap | undefined): Schedule | undefined {
  const { metadata, spec, status } = cronJob;
  const commands = commandsOf(configMap?.data?.[names.bodyKey]);
  const kind = kindOf(cronJob, commands);
  if (kind === undefined) return undefined;
  const lastMs = Date.parse(status?.lastScheduleTime ?? '');
  const createdMs = Date.parse(String(metadata['creationTimestamp'] ?? ''));
  return {
    name: metadata.name,
    kind,
    cron: spec.schedule,
    timeZone: spec.timeZone ?? '',
    isPaused: spec.suspend ?? false,
    commands,
    runBy: 'cronjob',
    madeBy: metadata.labels?.[names.managedByLabel] === 'skopos' ? 'skopos' : 'kubescape',
    createdAtMs: Number.isNaN(createdMs) ? 0 : createdMs,
    ...(Number.isNaN(lastMs) ? {} : { lastDueMs: lastMs }),
  };
}

function kindOf({ metadata, spec }: CronJob, commands: readonly unknown[]): ScheduleKind | undefined {
  const { jobTemplate } = spec;
  const places = [metadata, jobTemplate.metadata, jobTemplate.spec.template.metadata];
  const tier = places.map((place) => place?.labels?.[names.tierLabel]).find((value) => value !== undefined);
  const byTier = scheduleKinds.find((kind) => names.tiers[kind] === tier);
  if (byTier !== undefined) return byTier;
  const command = commands[0] as Readonly<Record<string, unknown>> | undefined;
  const name = Object.entries(command ?? {}).find(([key]) => key.toLowerCase() === 'commandname')?.[1];
  if (name === 'kubescapeScan' || name === 'runKubescapeJob') return 'posture';
  if (name === 'scan') return 'images';
  return name === 'scanRegistry' || name === 'scanRegistryV2' ? 'registry' : undefined;
}

function commandsOf(body: string | undefined): readonly unknown[] {
  if (body === undefined) return [];
  try {
    const parsed = JSON.parse(body) as Readonly<Record<string, unknown>>;
    const found = Object.entries(parsed).find(([key]) => key.toLowerCase() === 'commands')?.[1];
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

/** What a CronJob is with another schedule. */
export function edited(
  cronJob: CronJob,
  {
    cron,
    timeZone,
    isPaused,
    jobId,
  }: Partial<Pick<WantedSchedule, 'cron' | 'timeZone' | 'isPaused' | 'jobId'>>,
): CronJob {
  const { spec } = cronJob;
  const { jobTemplate } = spec;
  const { template } = jobTemplate.spec;
  const noted =
    jobId === undefined
      ? template
      : {
          ...template,
          metadata: {
            ...template.metadata,
            annotations: {
              ...template.metadata?.annotations,
              [names.updateJobIdAnnotation]: jobId,
              [names.oldUpdateJobIdAnnotation]: jobId,
            },
          },
        };
  return {
    ...cronJob,
    spec: {
      ...spec,
      ...(cron === undefined ? {} : { schedule: cron }),
      ...(timeZone === undefined ? {} : { timeZone: timeZone === '' ? null : timeZone }),
      ...(isPaused === undefined ? {} : { suspend: isPaused }),
      jobTemplate: { ...jobTemplate, spec: { ...jobTemplate.spec, template: noted } },
    },
  };
}
