import { Buffer } from 'node:buffer';
import { z } from 'zod';
import { messageOf } from '../../kit/app-error.ts';
import { ImageError } from '../image-error.ts';
import { isImageConfig, manifestTypes } from './media-types.ts';

/** More than a manifest may be, as registries have it. Source: https://github.com/opencontainers/distribution-spec */
export const maxManifestBytes = 4 * 1024 * 1024;
export const maxConfigBytes = 16 * 1024 * 1024;

const size = z.int().min(0);

const descriptor = z.object({ mediaType: z.string().default(''), digest: z.string(), size });

const platform = z.object({
  os: z.string().default(''),
  architecture: z.string().default(''),
  variant: z.string().optional(),
});

const indexEntry = descriptor.extend({
  platform: platform.nullish(),
  annotations: z.record(z.string(), z.string()).nullish(),
});

const indexForm = z.object({ schemaVersion: z.literal(2), manifests: z.array(indexEntry).max(10_000) });

const imageForm = z.object({
  schemaVersion: z.literal(2),
  config: descriptor,
  layers: z.array(descriptor).max(10_000),
});

const configForm = z.object({
  os: z.string().default(''),
  architecture: z.string().default(''),
  variant: z.string().optional(),
  created: z.string().nullish(),
  rootfs: z.object({ diff_ids: z.array(z.string()).max(10_000) }),
});

export type IndexEntry = z.output<typeof indexEntry>;
export type ImageManifest = z.output<typeof imageForm>;
export type ImageConfig = z.output<typeof configForm>;

export type Manifest =
  | { readonly kind: 'index'; readonly entries: readonly IndexEntry[] }
  | { readonly kind: 'image'; readonly image: ImageManifest };

/**
 * Reads a manifest or an index of the OCI or of Docker.
 *
 * @param where for errors: whose it is.
 * @throws {ImageError} when it is neither.
 */
export function readManifest(bytes: Uint8Array, where: string): Manifest {
  const json = jsonOf(bytes, `the manifest of ${where}`) as Record<string, unknown> | null;
  if (json?.['schemaVersion'] === 1)
    throw new ImageError(
      `${where} is in the format "schema 1", which was given up in 2017 and tells no digests of its layers: push it again with a current program`,
    );
  const type = typeof json?.['mediaType'] === 'string' ? json['mediaType'] : '';
  if (Array.isArray(json?.['manifests']))
    return { kind: 'index', entries: checked(indexForm, json, where).manifests };
  if (json?.['layers'] === undefined || json['config'] === undefined)
    throw new ImageError(`${where} is no image: its manifest is of the type "${type.slice(0, 100)}"`);
  const image = checked(imageForm, json, where);
  const configType = image.config.mediaType;
  if (!isImageConfig(configType))
    throw new ImageError(
      `${where} is no container image: its configuration is of the type "${configType.slice(0, 100)}"`,
    );
  return { kind: 'image', image };
}

/** @throws {ImageError} when it is no configuration of an image. */
export function readConfig(bytes: Uint8Array, where: string): ImageConfig {
  return checked(configForm, jsonOf(bytes, `the configuration of ${where}`), where);
}

/**
 * The entry for a platform (`linux/arm64/v8`; the variant may be left out).
 *
 * @throws {ImageError} naming the platforms that there are.
 */
export function choosePlatform(entries: readonly IndexEntry[], wanted: string, where: string): IndexEntry {
  const [os = '', architecture = '', variant] = wanted.split('/');
  const images = entries.filter(isManifest);
  const fitting = images.filter(
    (one) => one.platform?.os === os && one.platform.architecture === architecture,
  );
  const exact = fitting.find(
    (one) =>
      (one.platform?.variant ?? usualVariant(architecture)) === (variant ?? usualVariant(architecture)),
  );
  const found =
    exact ??
    (variant === undefined ? fitting[0] : undefined) ??
    (images.length === 1 && images[0]?.platform == null ? images[0] : undefined);
  if (found !== undefined) return found;
  const there = [...new Set(images.map((one) => platformOf(one.platform ?? {})).filter((one) => one !== ''))];
  throw new ImageError(
    `${where} is not there for ${wanted}; ${there.length === 0 ? 'its index names no platforms' : `it is for ${there.slice(0, 20).join(', ')}`}`,
  );
}

/** `linux/arm64/v8` of its parts. */
export function platformOf(parts: {
  readonly os?: string | undefined;
  readonly architecture?: string | undefined;
  readonly variant?: string | undefined;
}): string {
  return [parts.os, parts.architecture, parts.variant]
    .filter((part) => part !== undefined && part !== '')
    .join('/');
}

/** Attestations are in an index beside what they attest, for the platform `unknown/unknown`. */
function isManifest(entry: IndexEntry): boolean {
  const types: readonly string[] = ['', ...Object.values(manifestTypes)];
  return types.includes(entry.mediaType) && entry.platform?.os !== 'unknown';
}

function usualVariant(architecture: string): string | undefined {
  return architecture === 'arm64' ? 'v8' : architecture === 'arm' ? 'v7' : undefined;
}

function jsonOf(bytes: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch (error) {
    throw new ImageError(`${what} is no JSON: ${messageOf(error).slice(0, 200)}`);
  }
}

function checked<Form extends z.ZodType>(form: Form, json: unknown, where: string): z.output<Form> {
  const { success, data, error } = form.safeParse(json);
  if (success) return data;
  const issue = error.issues[0];
  throw new ImageError(
    `the manifest or configuration of ${where} is not as it should be: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
  );
}
