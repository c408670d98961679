import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { loadImagesConfig } from '../../config/load-config.ts';
import { Analyser } from '../../images/pipeline/analyser.ts';
import { readSigningKey } from '../../images/registry/signing-key.ts';
import { readSbom } from '../../images/sbom/read-sbom.ts';
import { AppError, BadInputError, messageOf } from '../../kit/app-error.ts';
import { createLogger } from '../../log/logger.ts';
import type { ImageSbom } from '../../model/image-sbom.ts';
import { analysisProgress } from './progress.ts';

export interface TargetOptions {
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly platform?: string;
  /** A docker `config.json` with logins. */
  readonly dockerConfig?: string;
  /** A `skopos.yaml`, whose registries, logins and limits hold as for a running Skopos; that of `cwd` when it is there. */
  readonly skoposConfig?: string;
  /** A public key in PEM: of what is attached to an image, only what it has signed counts. */
  readonly key?: string;
}

/** Larger than any SBOM that is one image's. */
const mostSbomBytes = 512 * 1024 * 1024;

/** Before the name of an image: what its attached SBOM tells, and nothing of the image itself. */
const attached = 'attached:';

/** Prefixes after which a path comes: paths of the command line are relative to where it was given. */
const pathPrefix = /^(oci|oci-dir|oci-archive|docker-archive|dir):(.*)$/s;

/**
 * The packages of what `skopos image` was asked for: an image by name or place, or an SBOM that is there already
 * (`sbom:<file>`), also in a registry (`attached:<image>`).
 *
 * @throws {AppError} when it is not there or cannot be read.
 */
export async function readTarget(target: string, options: TargetOptions): Promise<ImageSbom> {
  if (options.key !== undefined && !isAttached(target))
    throw new BadInputError(
      '--key',
      `it is for ${attached}<image>; nothing else is checked for who signed it`,
    );
  if (target.startsWith('sbom:')) return readSbomFile(target.slice(5), options.cwd);
  const place = placeOf(target, options.cwd);
  const settings = {
    ...loadImagesConfig(
      options.skoposConfig === undefined ? {} : { config: options.skoposConfig },
      options.cwd,
    ),
    ...(options.dockerConfig === undefined
      ? {}
      : { docker_config: resolve(options.cwd, options.dockerConfig) }),
  };
  const analyser = new Analyser({ settings, log: createLogger('warn') });
  const progress = analysisProgress(process.stderr);
  try {
    if (isAttached(place)) return await readAttached(place.slice(attached.length), analyser, options);
    return await analyser.analyse(place, {
      signal: options.signal,
      onProgress: progress.show,
      ...(options.platform === undefined ? {} : { platform: options.platform }),
    });
  } catch (error) {
    // A name without a prefix is asked for at a registry, also where a file is meant.
    if (place === target && error instanceof AppError && existsSync(resolve(options.cwd, target)))
      process.stderr.write(`note: ${target} lies here, too: say ./${target} to look at that\n`);
    throw error;
  } finally {
    progress.end();
    await analyser.close();
  }
}

/** What begins as a path does, with or without a prefix, is relative to where the command was given. */
function placeOf(target: string, cwd: string): string {
  if (/^\.\.?(?:\/|$)/.test(target)) return resolve(cwd, target);
  const [, prefix, path = ''] = pathPrefix.exec(target) ?? [];
  return prefix === undefined || path === '' || isAbsolute(path) ? target : `${prefix}:${resolve(cwd, path)}`;
}

/** A registry of this name has a port, and so the name goes on after it with a path. */
function isAttached(target: string): boolean {
  return target.startsWith(attached) && !/^\d+\//.test(target.slice(attached.length));
}

/** Tells on standard error how far what is attached can be trusted. */
async function readAttached(
  image: string,
  analyser: Analyser,
  { signal, platform, key, cwd }: TargetOptions,
): Promise<ImageSbom> {
  const path = key === undefined ? undefined : resolve(cwd, key);
  const { sbom, isAttestation, signedBy } = await analyser.attachedSbom(image, {
    signal,
    ...(platform === undefined ? {} : { platform }),
    ...(path === undefined ? {} : { key: readSigningKey(await textOf(path, 'key'), path) }),
  });
  const what = isAttestation ? 'an attestation of the image' : 'a document beside the image';
  process.stderr.write(
    signedBy === ''
      ? `note: the SBOM is ${what}, and its signature was not checked: whoever may write to the repository may have put it there (see --key)\n`
      : `note: the SBOM is ${what}, signed by the key ${signedBy}\n`,
  );
  return sbom;
}

async function textOf(path: string, what: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > mostSbomBytes) throw new Error(`it has ${size} bytes, more than ${mostSbomBytes}`);
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new BadInputError('', `cannot read the ${what} ${path}: ${messageOf(error)}`, { cause: error });
  }
}

async function readSbomFile(file: string, cwd: string): Promise<ImageSbom> {
  if (file === '') throw new BadInputError('', '"sbom:" names no file');
  const path = resolve(cwd, file);
  return readSbom(await textOf(path, 'SBOM'), path);
}
