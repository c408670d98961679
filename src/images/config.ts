import { z } from 'zod';
import { tlsConfigSchema } from '../http/client-config.ts';
import { parseByteSize } from '../kit/byte-size.ts';
import { duration } from '../kit/duration.ts';
import { secret } from '../kit/secret.ts';
import { databaseSchema } from './database/config.ts';
import { defaultLimits } from './limits.ts';
import { liveFields } from './live/config.ts';

/** Such as `512MB` or `1GiB`, in bytes. */
const byteSize = z.string().transform((text, context) => {
  const bytes = parseByteSize(text);
  if (bytes !== undefined && bytes > 0) return bytes;
  context.addIssue({ code: 'custom', message: `expected a size such as 512MB or 10GB, got "${text}"` });
  return z.NEVER;
});

/** A host with an optional port, and optionally the first parts of the names below it. */
const place = z
  .string()
  .regex(
    /^[A-Za-z0-9.\-[\]:]+(?:\/[a-z0-9._-]+)*$/,
    'a host such as registry.example.com:5000, optionally with /path',
  );

const endpointFields = {
  /** Speak HTTP without TLS to it. */
  plain_http: z.boolean().default(false),
  tls_config: tlsConfigSchema.optional(),
};

export const registrySchema = z.strictObject({
  /** What it is for: images whose name starts so. The longest that fits decides. */
  prefix: place,
  /** What is asked in place of `prefix`; the rest of the name stays. */
  location: place.optional(),
  /** Asked before it, in this order. */
  mirrors: z.array(z.strictObject({ location: place, ...endpointFields })).default([]),
  /** Whether the registry itself is asked when its mirrors do not have an image. */
  mirrors_only: z.boolean().default(false),
  ...endpointFields,
  username: z.string().min(1).optional(),
  password: secret.optional(),
  password_file: z.string().optional(),
  /** Where logins come from instead: a cloud's, or a program `docker-credential-<name>`. */
  login: z
    .string()
    .regex(/^(?:ecr|gcp|azure|helper:[A-Za-z0-9._-]+)$/, 'ecr, gcp, azure, or helper:<name>')
    .optional(),
  /** Requests to it at once. */
  max_concurrent: z.int().min(1).max(64).default(6),
});

/** What is set for one registry, or for a part of it. */
export type RegistrySettings = z.output<typeof registrySchema>;

export const imageLimitsSchema = z.strictObject({
  entries: z.int().min(1).default(defaultLimits.entries),
  path_depth: z.int().min(1).default(defaultLimits.pathDepth),
  layer_size: byteSize.default(defaultLimits.layerBytes),
  file_size: byteSize.default(defaultLimits.fileBytes),
  layer_time: duration.default(defaultLimits.layerMs),
  layers: z.int().min(1).default(defaultLimits.layers),
  heap_mib: z.int().min(64).default(defaultLimits.heapMiB),
});

/** Keys below `images:` that say where images come from, and how much of them is looked at. */
export const analysisFields = {
  registries: z
    .array(registrySchema)
    .superRefine((entries, context) => {
      entries.forEach(({ username, password, password_file: file, login }, i) => {
        const problem =
          password !== undefined && file !== undefined
            ? 'at most one of password & password_file may be set'
            : (username === undefined) !== (password === undefined && file === undefined)
              ? 'username and password (or password_file) go together'
              : login !== undefined && username !== undefined
                ? 'at most one of login & username may be set'
                : undefined;
        if (problem !== undefined) context.addIssue({ code: 'custom', path: [i], message: problem });
      });
    })
    .default([]),
  /** A docker `config.json`: its logins and credential helpers. */
  docker_config: z.string().optional(),
  /** Programs `docker-credential-…` that the docker config names may be run. */
  credential_helpers: z.boolean().default(false),
  /** Most that is kept of layers, for images that share them. */
  cache_size: byteSize.default(1024 * 1024 * 1024),
  /** Layers that are read at once; as many as there are cores when left out. */
  threads: z.int().min(1).max(64).optional(),
  limits: imageLimitsSchema.prefault({}),
} as const;

/** `images:` of the configuration: each part of the room brings its own keys. */
export const imagesSchema = z.strictObject({
  ...analysisFields,
  ...liveFields,
  database: databaseSchema.prefault({}),
});

const analysisSchema = z.strictObject(analysisFields);

/** What of `images:` concerns reading images. */
export type AnalysisSettings = z.output<typeof analysisSchema>;

/** As when nothing is set. */
export function defaultAnalysisSettings(): AnalysisSettings {
  return analysisSchema.parse({});
}

/** `images:` of the configuration, read. */
export type ImagesSettings = z.output<typeof imagesSchema>;

/** The same with the paths of files as `resolve` makes them. */
export function imagesWithPaths(images: ImagesSettings, resolve: (path: string) => string): ImagesSettings {
  const resolved = <Key extends string>(key: Key, path: string | null | undefined) =>
    (path ? { [key]: resolve(path) } : {}) as { [K in Key]?: string };
  const withTls = <Entry extends { tls_config?: RegistrySettings['tls_config'] }>(entry: Entry): Entry => {
    const { tls_config: tls } = entry;
    if (tls === undefined) return entry;
    const files = {
      ...resolved('ca_file', tls.ca_file),
      ...resolved('cert_file', tls.cert_file),
      ...resolved('key_file', tls.key_file),
    };
    return { ...entry, tls_config: { ...tls, ...files } };
  };
  return {
    ...images,
    ...resolved('docker_config', images.docker_config),
    ignore_files: images.ignore_files.map(resolve),
    vex_files: images.vex_files.map(resolve),
    registries: images.registries.map((entry) => ({
      ...withTls(entry),
      ...resolved('password_file', entry.password_file),
      mirrors: entry.mirrors.map(withTls),
    })),
    database: { ...images.database, ...resolved('folder', images.database.folder) },
  };
}
