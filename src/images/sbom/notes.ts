import { z } from 'zod';
import type { ImageSbom } from '../../model/image-sbom.ts';
import { type Package, packageTypes } from '../../model/package.ts';

/**
 * What the standards have no field for, and matching or a later report needs: kept as JSON in a property or an annotation under
 * our own name, so that an SBOM of ours reads back as what it was.
 */
export const packageNoteName = 'skopos:package';
export const imageNoteName = 'skopos:image';

const text = z.string().max(10_000);

const packageNoteSchema = z.object({
  // One that a later version of us may know.
  type: z.enum(packageTypes).catch('unknown'),
  language: text.default(''),
  cpes: z.array(text).default([]),
  licenses: z.array(text).default([]),
  locations: z.array(z.object({ path: text, layer: text })).default([]),
  upstreams: z.array(z.object({ name: text, version: text.optional() })).default([]),
  details: z
    .object({
      architecture: text.optional(),
      modularity: text.optional(),
      epoch: z.int().optional(),
      pomGroupId: text.optional(),
      pomArtifactId: text.optional(),
      manifestName: text.optional(),
      goVersion: text.optional(),
      goMainModule: text.optional(),
      goSymbols: z.record(text, z.array(text)).optional(),
      vendor: text.optional(),
    })
    .default({}),
  foundBy: text.default(''),
  ownedBy: z.int().min(0).optional(),
});

const imageNoteSchema = z.object({
  digest: text,
  imageId: text.default(''),
  platform: text.default(''),
  layers: z.array(text).default([]),
  sizeBytes: z.number().default(0),
  builtAtMs: z.number().default(0),
  catalogedAtMs: z.number().default(0),
  analyser: text.default(''),
  distribution: z
    .object({
      id: text,
      version: text.default(''),
      build: text.optional(),
      codename: text.default(''),
      name: text.default(''),
      idLike: z.array(text).default([]),
      channels: z.array(text).default([]),
    })
    .optional(),
  partial: z.array(z.object({ where: text, reason: text })).default([]),
});

export type ImageNote = Omit<ImageSbom, 'packages'>;
export type PackageNote = Omit<Package, 'name' | 'version' | 'purl'>;

export function packageNoteOf({ name: _name, version: _version, purl: _purl, ...note }: Package): string {
  return JSON.stringify(note satisfies PackageNote);
}

export function imageNoteOf({ packages: _packages, ...note }: ImageSbom): string {
  return JSON.stringify(note satisfies ImageNote);
}

/** Undefined where there is none, or it is not as we write it: then the standard's own fields are all there is. */
export function readPackageNote(json: string | undefined): PackageNote | undefined {
  const found = parsed(json, packageNoteSchema);
  return found === undefined ? undefined : (withoutUndefined(found) as PackageNote);
}

export function readImageNote(json: string | undefined): ImageNote | undefined {
  const found = parsed(json, imageNoteSchema);
  return found === undefined ? undefined : (withoutUndefined(found) as ImageNote);
}

function parsed<Schema extends z.ZodType>(
  json: string | undefined,
  schema: Schema,
): z.output<Schema> | undefined {
  if (json === undefined) return undefined;
  try {
    const result = schema.safeParse(JSON.parse(json));
    return result.success ? result.data : undefined;
  } catch {
    return undefined;
  }
}

function withoutUndefined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));
}
