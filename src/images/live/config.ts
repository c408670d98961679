import { z } from 'zod';
import { mostPlatforms, platformForm, platformHint, usualPlatform } from '../../model/platform.ts';

/** Keys below `images:` that say what is done with the images of running containers. */
export const liveFields = {
  /** Whether they are scanned; when left out, only where there is vulnerability data to match with: see {@link isScanOn}. */
  scan: z.boolean().optional(),
  /** Images that are scanned at once. */
  scan_at_once: z.int().min(1).max(16).default(2),
  /** Which platforms scans of registries look at where they do not say. */
  registry_platforms: z
    .array(z.string().regex(platformForm, `expected ${platformHint}`))
    .min(1)
    .max(mostPlatforms)
    .default([usualPlatform]),
  /** Images that are remembered, those in use first. */
  max_images: z.int().min(1).max(100_000).default(2000),
  /** Whether the pull secrets of pods may be read from the cluster. */
  pull_secrets: z.boolean().default(false),
  /** Whether results are shown as Trivy Operator's series too. */
  trivy_series: z.boolean().default(false),
  /** Series of single vulnerabilities that are shown at most; none for 0. */
  cve_series: z.int().min(0).max(100_000).default(0),
  /** Files and folders with ignore rules as Grype's configuration has them. */
  ignore_files: z.array(z.string().min(1)).default([]),
  /** Files and folders with OpenVEX and CSAF documents. */
  vex_files: z.array(z.string().min(1)).default([]),
  /** ConfigMaps of Skopos' own namespace: keys that end in `.json` are VEX documents, the others ignore rules. */
  rule_config_maps: z.array(z.string().min(1).max(253)).default([]),
} as const;

/** Nobody's images are pulled unasked: it is on where it is said, or where vulnerability data has been set up. */
export function isScanOn(images: {
  readonly scan?: boolean | undefined;
  readonly database: { readonly update: boolean; readonly folder?: string | undefined };
}): boolean {
  const { update, folder } = images.database;
  return images.scan ?? (update || folder !== undefined);
}
