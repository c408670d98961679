import type { JobJson } from '../api/skopos/operator-contract.ts';
import {
  imageSeverities,
  type RegistryImageJson,
  type RegistryImagesJson,
  type RegistryScanJson,
  type RegistryScansJson,
} from '../api/skopos/registries-contract.ts';
import { sleep } from '../kit/sleep.ts';
import { usualPlatform } from '../model/platform.ts';
import { callApi } from './api-client.ts';
import { type ApiFlags, answering, tell } from './api-options.ts';
import { colours as pc } from './colours.ts';
import { startedJobs, tellStarted } from './jobs.ts';
import { inOneLine } from './printable.ts';
import type { AddCommand } from './program.ts';
import { type RegistryFlags, registryOf, scoped } from './registry-scope.ts';

interface ListFlags extends ApiFlags {
  readonly limit: string;
}

interface ImagesFlags extends ListFlags {
  readonly registry?: readonly string[];
  readonly platform?: readonly string[];
  readonly state?: string;
  readonly severity?: string;
  readonly fixable?: true;
  readonly notRunning?: true;
  readonly job?: string;
}

interface ScanFlags extends ApiFlags, RegistryFlags {
  readonly key?: string;
  readonly wait?: true;
}

const pollMs = 1000;
/** Scans that are looked at for the one that is waited for. */
const newestScans = 50;

/** `skopos registries`: what a running Skopos has looked through registries for, and another look. */
export const registriesCommand: AddCommand = (program, { signal }) => {
  const registries = program
    .command('registries')
    .description('registries that a running Skopos looked through, and the images that it found');

  answering(
    registries
      .command('list', { isDefault: true })
      .description('looks through registries, newest first, with how far they are'),
  )
    .option('--limit <count>', 'how many', '20')
    .action(async (flags: ListFlags) => {
      const found = await scansOf(flags, flags.limit, signal);
      tell(flags, found, scansText(found));
    });

  answering(registries.command('images').description('images of registries that were scanned, newest first'))
    .option('--registry <host...>', 'only of these')
    .option('--platform <platform...>', 'only for these: linux/arm64')
    .option('--state <states>', 'comma list of complete, partial, unknown')
    .option('--severity <severities>', `comma list of ${imageSeverities.join(', ')}`)
    .option('--fixable', 'only with something that can be fixed')
    .option('--not-running', 'only those that no container runs')
    .option('--job <id>', 'only those that this job looked at')
    .option('--limit <count>', 'how many', '20')
    .action(async (flags: ImagesFlags) => {
      const query = new URLSearchParams({ limit: flags.limit });
      for (const name of ['state', 'severity', 'job'] as const)
        if (flags[name] !== undefined) query.set(name, flags[name]);
      for (const name of ['registry', 'platform'] as const)
        if (flags[name] !== undefined) query.set(name, flags[name].join(','));
      if (flags.fixable) query.set('fixable', '1');
      if (flags.notRunning) query.set('running', '0');
      const path = `api/skopos/v1/registry-images?${query}`;
      const found = await callApi<RegistryImagesJson>(flags, path, { signal });
      tell(flags, found, imagesText(found));
    });

  scoped(answering(registries.command('scan').description('look through a registry now')))
    .argument('<address>', 'its host, with the beginning of repository names: registry.shop:5000/team')
    .option('--key <key>', 'the same again starts nothing new')
    .option('--wait', 'wait for the end, telling how far it is; exit 1 unless it is done')
    .action(async (address: string, flags: ScanFlags) => {
      const body = { kind: 'registry', registry: registryOf(address, flags) };
      const items = await startedJobs(body, flags, signal);
      const told = new AbortController();
      const telling =
        flags.wait === true ? tellProgress(items, flags, AbortSignal.any([signal, told.signal])) : undefined;
      try {
        await tellStarted(items, flags, signal);
      } finally {
        told.abort();
        await telling;
      }
    });
};

function scansOf(flags: ApiFlags, limit: string, signal: AbortSignal): Promise<RegistryScansJson> {
  return callApi<RegistryScansJson>(flags, `api/skopos/v1/registry-scans?limit=${limit}`, { signal });
}

/** A line on standard error whenever it is further than before. */
async function tellProgress(jobs: readonly JobJson[], flags: ApiFlags, signal: AbortSignal): Promise<void> {
  let told = '';
  while (await sleep(pollMs, signal)) {
    const { items } = await scansOf(flags, String(newestScans), signal).catch(() => ({ items: [] }));
    const scan = items.find(({ job }) => jobs.some(({ id }) => id === job));
    const line = scan === undefined ? '' : progressText(scan);
    if (line !== '' && line !== told) process.stderr.write(`${line}\n`);
    told = line;
  }
}

function scansText({ enabled, items }: RegistryScansJson): string {
  if (!enabled) return 'Images are not scanned here: see images.scan.\n';
  if (items.length === 0) return 'No registry has been looked through yet.\n';
  return items
    .map((scan) => {
      const { state, startedAtMs, name, depth, include, exclude, platforms, schedule, job, reason } = scan;
      const scope = [
        ...(depth === 1 ? [] : [`newest ${depth}`]),
        ...include.map((one) => `+${one}`),
        ...exclude.map((one) => `-${one}`),
        ...(platforms.join() === usualPlatform ? [] : [`for ${platforms.join(', ')}`]),
        ...(schedule === '' ? [] : [`by ${schedule}`]),
      ].join(' ');
      const why = reason === '' ? '' : `\n            ${inOneLine(reason)}`;
      return `${state.padEnd(10)}  ${pc.dim(minute(startedAtMs))}  ${name}${scope === '' ? '' : ` (${scope})`}  ${progressText(scan)}  ${pc.dim(job)}${why}\n`;
    })
    .join('');
}

function progressText({ found, passedOver, done, failed, waitsUntilMs }: RegistryScanJson): string {
  const parts = [
    `${done + failed} of ${found - passedOver} images`,
    ...(failed === 0 ? [] : [`${failed} not scanned`]),
    ...(passedOver === 0 ? [] : [`${passedOver} scanned before`]),
    ...(waitsUntilMs === undefined ? [] : [`waits until ${minute(waitsUntilMs)}, as the registry asks`]),
  ];
  return parts.join(', ');
}

function imagesText({ enabled, items, total, running }: RegistryImagesJson): string {
  if (!enabled) return 'Images are not scanned here: see images.scan.\n';
  if (items.length === 0) return 'No image of a registry is like that.\n';
  const more = total > items.length ? pc.dim(`${total - items.length} more\n`) : '';
  return `${items.map(imageText).join('')}${more}${pc.dim(`${total} images, ${running} of them run\n`)}`;
}

function imageText(image: RegistryImageJson): string {
  const { state, scannedAtMs, platform, vulnerabilities, fixable, workloadTotal, reasons } = image;
  const counts = imageSeverities
    .filter((severity) => vulnerabilities[severity].all > 0)
    .map((severity) => `${vulnerabilities[severity].all} ${severity}`);
  const known = state === 'unknown' ? 'unknown' : `${counts.join(', ') || 'none known'}, ${fixable} fixable`;
  const runs = workloadTotal === 0 ? 'runs nowhere' : `runs in ${workloadTotal}`;
  const why = reasons.length === 0 ? '' : `\n          ${pc.yellow(inOneLine(reasons.join(' ')))}`;
  return `${state.padEnd(8)}  ${pc.dim(minute(scannedAtMs))}  ${image.image}${platform === usualPlatform ? '' : ` (${platform || 'no platform'})`}  ${known}  ${pc.dim(runs)}${why}\n`;
}

function minute(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 16).replace('T', ' ');
}
