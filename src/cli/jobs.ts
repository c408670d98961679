import type { JobDetailJson, JobJson, JobResultJson, JobsJson } from '../api/skopos/operator-contract.ts';
import { sleep } from '../kit/sleep.ts';
import { callApi } from './api-client.ts';
import { type ApiFlags, answering, tell } from './api-options.ts';
import { colours as pc } from './colours.ts';
import { type AddCommand, CommandEnd } from './program.ts';

interface ListFlags extends ApiFlags {
  readonly state?: string;
  readonly kind?: string;
  readonly schedule?: string;
  readonly limit: string;
}

interface ScanFlags extends ApiFlags {
  readonly namespace?: readonly string[];
  readonly excludeNamespace?: readonly string[];
  readonly framework?: readonly string[];
  readonly control?: readonly string[];
  readonly images?: true;
  readonly key?: string;
  readonly wait?: true;
}

const pollMs = 300;

/** `skopos jobs`: what a running Skopos was asked to do. `start --wait` exits 1 when the job does not end well. */
export const jobsCommand: AddCommand = (program, { signal }) => {
  const jobs = program.command('jobs').description('scans and other jobs of a running Skopos');

  answering(jobs.command('list', { isDefault: true }).description('jobs, newest first'))
    .option('--state <states>', 'comma list of queued, running, done, failed, cancelled')
    .option('--kind <kinds>', 'comma list of posture, images, registry, schedule, other')
    .option('--schedule <name>', 'runs of this recurring scan')
    .option('--limit <count>', 'how many', '20')
    .action(async (flags: ListFlags) => {
      const query = new URLSearchParams({ limit: flags.limit });
      for (const name of ['state', 'kind', 'schedule'] as const)
        if (flags[name] !== undefined) query.set(name, flags[name]);
      const found = await callApi<JobsJson>(flags, `api/skopos/v1/jobs?${query}`, { signal });
      tell(flags, found, jobsText(found));
    });

  answering(jobs.command('show').description('one job, with what came of it'))
    .argument('<id>')
    .action(async (id: string, flags: ApiFlags) => {
      const job = await callApi<JobDetailJson>(flags, pathOf(id), { signal });
      tell(flags, job, jobText(job));
    });

  answering(jobs.command('start').description('scan now: judge what is in scope again, or scan its images'))
    .option('--namespace <name...>', 'only these namespaces')
    .option('--exclude-namespace <name...>', 'not these namespaces')
    .option('--framework <name...>', 'only the controls of these frameworks')
    .option('--control <id...>', 'only these controls')
    .option('--images', 'scan the images in use, not the configuration')
    .option('--key <key>', 'the same again starts nothing new')
    .option('--wait', 'wait for the end; exit 1 unless it is done')
    .action(async (flags: ScanFlags) => {
      const body = {
        kind: flags.images === true ? 'images' : 'posture',
        ...(flags.namespace === undefined ? {} : { namespaces: flags.namespace }),
        ...(flags.excludeNamespace === undefined ? {} : { excludedNamespaces: flags.excludeNamespace }),
        ...(flags.framework === undefined ? {} : { frameworks: flags.framework }),
        ...(flags.control === undefined ? {} : { controls: flags.control }),
      };
      await tellStarted(await startedJobs(body, flags, signal), flags, signal);
    });

  answering(jobs.command('cancel').description('end a job that waits or runs'))
    .argument('<id>')
    .action(async (id: string, flags: ApiFlags) => {
      const job = await callApi<JobJson>(flags, `${pathOf(id)}/cancel`, { method: 'POST', signal });
      tell(flags, job, `${line(job)}\n`);
    });
};

/** @param flags the same key again starts nothing new */
export async function startedJobs(
  body: unknown,
  flags: ApiFlags & { readonly key?: string },
  signal: AbortSignal,
): Promise<readonly JobJson[]> {
  const headers = flags.key === undefined ? {} : { 'idempotency-key': flags.key };
  const request = { method: 'POST', body, headers, signal };
  return (await callApi<{ readonly items: readonly JobJson[] }>(flags, 'api/skopos/v1/jobs', request)).items;
}

/** Prints jobs that were started, or once they have ended. @throws {CommandEnd} 1 when one was waited for in vain */
export async function tellStarted(
  items: readonly JobJson[],
  flags: ApiFlags & { readonly wait?: true },
  signal: AbortSignal,
): Promise<void> {
  const jobs: JobJson[] = [];
  for (const job of items) jobs.push(flags.wait === true ? await endOf(job.id, flags, signal) : job);
  tell(flags, { items: jobs }, jobs.map((job) => jobText(job)).join('\n'));
  if (flags.wait === true && jobs.some(({ state }) => state !== 'done')) throw new CommandEnd(1);
}

async function endOf(id: string, flags: ApiFlags, signal: AbortSignal): Promise<JobJson> {
  for (;;) {
    const job = await callApi<JobDetailJson>(flags, pathOf(id), { signal });
    if (job.state !== 'queued' && job.state !== 'running') return job;
    if (!(await sleep(pollMs, signal))) throw new CommandEnd(3);
  }
}

function pathOf(id: string): string {
  return `api/skopos/v1/jobs/${encodeURIComponent(id)}`;
}

function jobsText({ items, total }: JobsJson): string {
  if (items.length === 0) return 'There are no such jobs.\n';
  const more = total > items.length ? pc.dim(`${total - items.length} more\n`) : '';
  return `${items.map((job) => `${line(job)}\n`).join('')}${more}`;
}

function line({ id, state, title, createdAtMs, schedule, reason }: JobJson): string {
  const at = new Date(createdAtMs).toISOString().slice(0, 16).replace('T', ' ');
  const of = schedule === '' ? '' : pc.dim(`  (${schedule})`);
  const why = reason === '' ? '' : `\n           ${reason}`;
  return `${colour(state, state.padEnd(9))}  ${pc.dim(at)}  ${title}${of}  ${pc.dim(id)}${why}`;
}

function jobText(job: JobJson | JobDetailJson): string {
  const parts = 'parts' in job ? Object.entries(job.parts).filter(([, count]) => count > 0) : [];
  return [
    line(job),
    ...(parts.length === 0
      ? []
      : [`  parts: ${parts.map(([state, count]) => `${count} ${state}`).join(', ')}`]),
    ...(job.result === undefined ? [] : resultLines(job.result).map((text) => `  ${text}`)),
    '',
  ].join('\n');
}

/** What came of a job, for people. */
export function resultLines(result: JobResultJson): string[] {
  const warnings = result.warnings.map((warning) => pc.yellow(`warning: ${warning}`));
  const severities = (of: Readonly<Record<string, number>>): string =>
    Object.entries(of)
      .filter(([, count]) => count > 0)
      .map(([severity, count]) => `${count} ${severity}`)
      .join(', ') || 'none';
  switch (result.type) {
    case 'posture':
      return [
        `score ${Math.floor(result.score)}${result.frameworks.map(({ name, score }) => `, ${name} ${Math.floor(score)}`).join('')}`,
        `${result.objects} objects; failed verdicts: ${severities(result.failed)}; unknown: ${result.verdicts.unknown}`,
        ...warnings,
      ];
    case 'images':
      return [
        `${result.images} images, ${result.failedImages} not scanned; vulnerabilities: ${severities(result.vulnerabilities)}`,
        ...warnings,
      ];
    case 'schedule':
      return [`recurring scans: ${result.schedules.join(', ')}`, ...warnings];
    case 'check':
      return [result.answer, ...warnings];
  }
}

function colour(state: JobJson['state'], text: string): string {
  if (state === 'done') return pc.green(text);
  return state === 'failed' ? pc.red(text) : pc.yellow(text);
}
