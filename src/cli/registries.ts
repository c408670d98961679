import type { JobJson } from '../api/skopos/operator-contract.ts';
import {
  imageSeverities,
  type RegistryImageJson,
  type RegistryImagesJson,
  type RegistryScanJson,
  type RegistryScansJson,
} from '../api/skopos/registries-contract.ts';
import { BadInputError } from '../kit/app-error.ts';
import { sleep } from '../kit/sleep.ts';
import { callApi } from './api-client.ts';
import { colours as pc } from './colours.ts';
import { type ApiFlags, tellStarted } from './jobs.ts';
import type { AddCommand } from './program.ts';

interface ListFlags extends ApiFlags {
  readonly limit: string;
}

interface ImagesFlags extends ListFlags {
  readonly registry?: readonly string[];
  readonly state?: string;
  readonly severity?: string;
  readonly fixable?: true;
  readonly notRunning?: true;
  readonly job?: string;
}

interface ScanFlags extends ApiFlags {
  readonly newest: string;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly key?: string;
  readonly wait?: true;
}

const defaultUrl = 'http://127.0.0.1:9600';
const pollMs = 1000;
/** Scans that are looked at for the one that is waited for. */
const newestScans = 50;

/** `skopos registries`: what a running Skopos has looked through registries for, and another look. */
export const registriesCommand: AddCommand = (program, { signal }) => {
  const registries = program
    .command('registries')
    .description('registries that a running Skopos looked through, and the images that it found');

  registries
    .command('list', { isDefault: true })
    .description('looks through registries, newest first, with how far they are')
    .option('--limit <count>', 'how many', '20')
    .option('--url <address>', 'where Skopos runs', defaultUrl)
    .option('--token <token>', 'API token (or SKOPOS_TOKEN)')
    .option('--json', 'print the answer as JSON')
    .action(async (flags: ListFlags) => {
      const found = await scansOf(flags, flags.limit, signal);
      process.stdout.write(flags.json ? `${JSON.stringify(found)}\n` : scansText(found));
    });

  registries
    .command('images')
    .description('images of registries that were scanned, newest first')
    .option('--registry <host...>', 'only of these')
    .option('--state <states>', 'comma list of complete, partial, unknown')
    .option('--severity <severities>', `comma list of ${imageSeverities.join(', ')}`)
    .option('--fixable', 'only with something that can be fixed')
    .option('--not-running', 'only those that no container runs')
    .option('--job <id>', 'only those that this job looked at')
    .option('--limit <count>', 'how many', '20')
    .option('--url <address>', 'where Skopos runs', defaultUrl)
    .option('--token <token>', 'API token (or SKOPOS_TOKEN)')
    .option('--json', 'print the answer as JSON')
    .action(async (flags: ImagesFlags) => {
      const query = new URLSearchParams({ limit: flags.limit });
      for (const name of ['state', 'severity', 'job'] as const)
        if (flags[name] !== undefined) query.set(name, flags[name]);
      if (flags.registry !== undefined) query.set('registry', flags.registry.join(','));
      if (flags.fixable) query.set('fixable', '1');
      if (flags.notRunning) query.set('running', '0');
      const path = `api/skopos/v1/registry-images?${query}`;
      const found = await callApi<RegistryImagesJson>(flags, path, { signal });
      process.stdout.write(flags.json ? `${JSON.stringify(found)}\n` : imagesText(found));
    });

  registries
    .command('scan')
    .description('look through a registry now')
    .argument('<address>', 'its host, with the beginning of repository names: registry.shop:5000/team')
    .option('--newest <count>', 'tags of each repository, the newest first, up to 100', '1')
    .option('--include <repository...>', 'only these; * stands for parts of a name')
    .option('--exclude <repository...>', 'not these')
    .option('--key <key>', 'the same again starts nothing new')
    .option('--wait', 'wait for the end, telling how far it is; exit 1 unless it is done')
    .option('--url <address>', 'where Skopos runs', defaultUrl)
    .option('--token <token>', 'API token (or SKOPOS_TOKEN)')
    .option('--json', 'print the answer as JSON')
    .action(async (address: string, flags: ScanFlags) => {
      const { items } = await callApi<{ readonly items: readonly JobJson[] }>(flags, 'api/skopos/v1/jobs', {
        method: 'POST',
        body: { kind: 'registry', registry: registryOf(address, flags) },
        signal,
        ...(flags.key === undefined ? {} : { headers: { 'idempotency-key': flags.key } }),
      });
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

function registryOf(address: string, { newest, include, exclude }: ScanFlags) {
  const depth = Number(newest);
  if (!Number.isInteger(depth) || depth < 1 || depth > 100)
    throw new BadInputError('--newest', `expected a whole number from 1 to 100, got "${newest}"`);
  return {
    registryName: address,
    depth,
    ...(include === undefined ? {} : { include }),
    ...(exclude === undefined ? {} : { exclude }),
  };
}

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
      const { state, startedAtMs, name, depth, include, exclude, schedule, job, reason } = scan;
      const scope = [
        ...(depth === 1 ? [] : [`newest ${depth}`]),
        ...include.map((one) => `+${one}`),
        ...exclude.map((one) => `-${one}`),
        ...(schedule === '' ? [] : [`by ${schedule}`]),
      ].join(' ');
      const why = reason === '' ? '' : `\n            ${reason}`;
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
  const { state, scannedAtMs, vulnerabilities, fixable, workloadTotal, reasons } = image;
  const counts = imageSeverities
    .filter((severity) => vulnerabilities[severity].all > 0)
    .map((severity) => `${vulnerabilities[severity].all} ${severity}`);
  const known = state === 'unknown' ? 'unknown' : `${counts.join(', ') || 'none known'}, ${fixable} fixable`;
  const runs = workloadTotal === 0 ? 'runs nowhere' : `runs in ${workloadTotal}`;
  const why = reasons.length === 0 ? '' : `\n          ${pc.yellow(reasons.join(' '))}`;
  return `${state.padEnd(8)}  ${pc.dim(minute(scannedAtMs))}  ${image.image}  ${known}  ${pc.dim(runs)}${why}\n`;
}

function minute(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 16).replace('T', ' ');
}
