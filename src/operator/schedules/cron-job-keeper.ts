import { BadInputError, NotFoundError, UnavailableError } from '../../kit/app-error.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { KubeError } from '../../kube/kube-error.ts';
import { scheduleRules, templateConfigMaps } from '../permissions.ts';
import {
  bodyConfigMapOf,
  type ConfigMap,
  type CronJob,
  configMapFor,
  cronJobFrom,
  edited,
  parseTemplate,
  scheduleFrom,
} from './cron-job.ts';
import { type CronJobPod, defaultTemplate } from './default-template.ts';
import { bodyKey, templateKey } from './kubescape-names.ts';
import type { Schedule, ScheduleEdit, ScheduleKeeper, ScheduleKind, WantedSchedule } from './schedule.ts';

export interface CronJobKeeperOptions {
  readonly client: Pick<KubeClient, 'get' | 'write'>;
  /** Where the CronJobs, their ConfigMaps and the templates are: the operator's own. */
  readonly namespace: string;
  readonly pod: CronJobPod;
}

/** CronJobs of one namespace that are asked for at once. */
const pageSize = 250;
/** Recurring scans that are looked at; a cluster has a handful. */
const mostSchedules = 500;
const conflictTries = 4;

/**
 * Recurring scans as CronJobs with a ConfigMap each. The API server is the only place where they are kept: those that others made, or
 * changed with kubectl, are seen as they are.
 */
export class CronJobKeeper implements ScheduleKeeper {
  readonly namespace: string;
  readonly #client: CronJobKeeperOptions['client'];
  readonly #pod: CronJobPod;

  constructor({ client, namespace, pod }: CronJobKeeperOptions) {
    this.#client = client;
    this.namespace = namespace;
    this.#pod = pod;
  }

  /** Which rights to keep recurring scans are missing: `create cronjobs`. Empty when there are all. */
  async missingRights(signal: AbortSignal): Promise<readonly string[]> {
    const asked = scheduleRules.flatMap(({ apiGroups, resources, verbs }) =>
      verbs.map((verb) => ({ verb, group: apiGroups[0] ?? '', resource: resources[0] ?? '' })),
    );
    const answers = await Promise.all(
      asked.map(async (attributes) => {
        const review = await this.#client.write<{ readonly status: { readonly allowed: boolean } }>({
          method: 'POST',
          path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
          body: {
            apiVersion: 'authorization.k8s.io/v1',
            kind: 'SelfSubjectAccessReview',
            spec: { resourceAttributes: { ...attributes, namespace: this.namespace } },
          },
          signal,
        });
        return review.status.allowed ? [] : [`${attributes.verb} ${attributes.resource}`];
      }),
    );
    return answers.flat();
  }

  async list(signal: AbortSignal): Promise<readonly Schedule[]> {
    const found: Schedule[] = [];
    let next = '';
    do {
      const page = await this.#client.get<{
        readonly items: readonly CronJob[];
        readonly metadata: { readonly continue?: string };
      }>({
        path: this.#cronJobs(),
        query: { limit: String(pageSize), ...(next === '' ? {} : { continue: next }) },
        signal,
      });
      for (const cronJob of page.items) {
        const schedule = await this.#read(cronJob, signal);
        if (schedule !== undefined) found.push(schedule);
      }
      next = page.metadata.continue ?? '';
    } while (next !== '' && found.length < mostSchedules);
    return found;
  }

  async create(wanted: WantedSchedule, signal: AbortSignal): Promise<Schedule> {
    const template = await this.#template(wanted.kind, signal);
    const made = await this.#client
      .write<CronJob>({
        method: 'POST',
        path: this.#cronJobs(),
        body: cronJobFrom(template, wanted, this.namespace),
        signal,
      })
      .catch((error: unknown) => {
        throw refusal(error, wanted.name);
      });
    const configMap = configMapFor(made, wanted.commands);
    try {
      await this.#client.write({ method: 'POST', path: this.#configMaps(), body: configMap, signal });
    } catch (error) {
      // A CronJob without its body would only make pods that wait for it.
      await this.#delete(this.#cronJobs(wanted.name), AbortSignal.timeout(10_000)).catch(() => undefined);
      throw refusal(error, wanted.name);
    }
    return this.#known(scheduleFrom(made, configMap), wanted.name);
  }

  async update(name: string, edit: ScheduleEdit, signal: AbortSignal): Promise<Schedule> {
    for (let tries = 1; ; tries++) {
      const cronJob = await this.#cronJob(name, signal);
      try {
        await this.#client.write({
          method: 'PUT',
          path: this.#cronJobs(name),
          body: edited(cronJob, edit),
          signal,
        });
        if (edit.commands !== undefined) await this.#putBody(cronJob, edit.commands, signal);
        return this.#known(await this.#read(await this.#cronJob(name, signal), signal), name);
      } catch (error) {
        if (!(error instanceof KubeError) || error.status !== 409 || tries >= conflictTries)
          throw refusal(error, name);
      }
    }
  }

  async delete(name: string, signal: AbortSignal): Promise<void> {
    const cronJob = await this.#cronJob(name, signal);
    const body = bodyConfigMapOf(cronJob);
    await this.#delete(this.#cronJobs(name), signal);
    if (body !== undefined) await this.#delete(this.#configMaps(body), signal);
  }

  /** One that is a recurring scan. @throws {NotFoundError} */
  async #cronJob(name: string, signal: AbortSignal): Promise<CronJob> {
    const cronJob = await this.#find<CronJob>(this.#cronJobs(name), signal);
    if (cronJob === undefined || (await this.#read(cronJob, signal)) === undefined)
      throw new NotFoundError(`there is no recurring scan "${name}" in the namespace ${this.namespace}`);
    return cronJob;
  }

  async #read(cronJob: CronJob, signal: AbortSignal): Promise<Schedule | undefined> {
    const body = bodyConfigMapOf(cronJob);
    if (body === undefined) return undefined;
    return scheduleFrom(cronJob, await this.#find<ConfigMap>(this.#configMaps(body), signal));
  }

  async #putBody(cronJob: CronJob, commands: readonly unknown[], signal: AbortSignal): Promise<void> {
    const path = this.#configMaps(bodyConfigMapOf(cronJob) ?? cronJob.metadata.name);
    const held = await this.#find<ConfigMap>(path, signal);
    const data = { ...held?.data, [bodyKey]: JSON.stringify({ commands }) };
    if (held === undefined)
      await this.#client.write({
        method: 'POST',
        path: this.#configMaps(),
        body: configMapFor(cronJob, commands),
        signal,
      });
    else await this.#client.write({ method: 'PUT', path, body: { ...held, data }, signal });
  }

  /** The cluster's own template, else ours. */
  async #template(kind: ScheduleKind, signal: AbortSignal): Promise<CronJob> {
    const name = templateConfigMaps[kind];
    const configMap = await this.#find<ConfigMap>(this.#configMaps(name), signal);
    const text = configMap?.data?.[templateKey];
    if (configMap === undefined) return defaultTemplate(this.#pod);
    const source = `ConfigMap ${this.namespace}/${name}`;
    if (text === undefined) throw new BadInputError(source, `it has no key "${templateKey}"`);
    return parseTemplate(text, source);
  }

  async #find<T>(path: string, signal: AbortSignal): Promise<T | undefined> {
    try {
      return await this.#client.get<T>({ path, signal });
    } catch (error) {
      if (error instanceof KubeError && error.status === 404) return undefined;
      throw error;
    }
  }

  async #delete(path: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#client.write({
        method: 'DELETE',
        path,
        query: { propagationPolicy: 'Background' },
        signal,
      });
    } catch (error) {
      if (!(error instanceof KubeError) || error.status !== 404) throw error;
    }
  }

  #known(schedule: Schedule | undefined, name: string): Schedule {
    if (schedule !== undefined) return schedule;
    throw new UnavailableError(`the CronJob "${name}" was changed by another at the same time; look again`);
  }

  #cronJobs(name?: string): string {
    return `/apis/batch/v1/namespaces/${this.namespace}/cronjobs${name === undefined ? '' : `/${name}`}`;
  }

  #configMaps(name?: string): string {
    return `/api/v1/namespaces/${this.namespace}/configmaps${name === undefined ? '' : `/${name}`}`;
  }
}

/** What the API server says against an object is what the one who asked has to know. */
function refusal(error: unknown, name: string): unknown {
  if (!(error instanceof KubeError)) return error;
  if (error.status === 409)
    return new BadInputError('name', `there is a recurring scan "${name}" already`, { cause: error });
  if (error.status === 422 || error.status === 400)
    return new BadInputError('', error.message, { cause: error });
  return error;
}
