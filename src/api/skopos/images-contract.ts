import { z } from 'zod';

/*
 * The JSON of images under /api/skopos/v1, as schemas: the OpenAPI document is made of them, and pages take their types from here.
 */

const time = z.number().describe('Unix time in milliseconds.');
const whole = z.number();

export const imageStates = ['waiting', 'scanning', 'complete', 'partial', 'unknown'] as const;
/** The worst first. */
export const imageSeverities = ['critical', 'high', 'medium', 'low', 'negligible', 'unknown'] as const;
export const imageSorts = [
  'risk',
  'severity',
  'name',
  'age',
  'packages',
  'fixable',
  'exploited',
  'uses',
] as const;
export const findingStatuses = ['new', 'still', 'fixed', 'ignored'] as const;
export const newsKinds = ['new', 'fixed', 'ignored'] as const;

const countsSchema = z.object({ all: whole, fixable: whole });
export const bySeveritySchema = z.object({
  critical: countsSchema,
  high: countsSchema,
  medium: countsSchema,
  low: countsSchema,
  negligible: countsSchema,
  unknown: countsSchema,
});

export const facetSchema = z.object({ value: z.string(), label: z.string(), count: whole });

export const imageWorkloadSchema = z.object({
  group: z.string(),
  namespace: z.string(),
  kind: z.string(),
  name: z.string(),
  container: z.string(),
});

const progressSchema = z.object({
  phase: z.enum(['open', 'layers', 'packages']),
  layers: whole,
  layersDone: whole.describe('Those that were known already included.'),
  layersCached: whole,
  bytes: whole.describe('Compressed, of all layers.'),
  bytesDone: whole,
});

export const imageSchema = z.object({
  id: z.string().describe('What /images/{id} takes: the digest, or the reference while there is none.'),
  reference: z.string().describe('By what it is pulled: `docker.io/library/nginx@sha256:…`.'),
  platform: z.string(),
  repository: z.string(),
  names: z.array(z.string()).describe('As containers write it.'),
  digest: z.string().optional().describe('Absent while it has not been looked at.'),
  state: z
    .enum(imageStates)
    .describe('`unknown`: nothing can be said; that no vulnerabilities are counted then means nothing.'),
  reasons: z.array(z.string()).describe('Why it is not complete.'),
  packages: whole,
  vulnerabilities: bySeveritySchema,
  knownExploited: whole,
  ignored: whole.describe('Vulnerabilities that do not count, by rules or VEX.'),
  risk: z.number().describe('Of the riskiest vulnerability, 0 to 100.'),
  matchedAtMs: time.optional(),
  builtAtMs: time.optional().describe('When the image was built, where it tells.'),
  sizeBytes: whole.describe('Compressed, of all layers; 0 where not known.'),
  distribution: z.string(),
  progress: progressSchema.optional().describe('While it is read.'),
  workloads: z.array(imageWorkloadSchema),
});

const dataSchema = z.object({
  state: z.enum(['ready', 'stale', 'missing', 'broken']),
  problem: z.string().describe("What is wrong with it; '' when nothing is."),
  builtAtMs: z.number().describe('0 where there is none.'),
});

export const imagesSchema = z.object({
  enabled: z.boolean().describe('False where this process scans no images; the rest is empty then.'),
  items: z.array(imageSchema).describe('Images in use.'),
  total: whole,
  states: z
    .object({ waiting: whole, scanning: whole, complete: whole, partial: whole, unknown: whole })
    .describe('Over all images in use, by what is known of them.'),
  facets: z.object({ severity: z.array(facetSchema), namespace: z.array(facetSchema) }),
  newsToday: whole.describe('Vulnerabilities that are new in an image in use.'),
  urgent: z
    .object({ criticalFixable: whole, highFixable: whole, knownExploited: whole })
    .describe('Images in use that have any such vulnerability, as far as is known.'),
  data: dataSchema,
});

const reasonSchema = z.object({
  kind: z.string().describe('`exact-direct-match`, `exact-indirect-match` or `cpe-match`.'),
  matcher: z.string(),
  searchedFor: z
    .string()
    .describe('Name and version of the package or of what it was built from, or the CPE.'),
  constraint: z.string().describe("The record's range."),
  comparator: z.string().describe('The order of versions that was used.'),
});

const ignoreSchema = z.object({ by: z.string(), reason: z.string() });

export const imageVulnerabilitySchema = z.object({
  id: z.string(),
  aliases: z.array(z.string()),
  namespace: z.string().describe('Of the record: `debian:distro:debian:12`.'),
  severity: z.enum(imageSeverities),
  knownExploited: z.boolean(),
  risk: z.number().describe('0 to 100.'),
  epss: z.number().optional().describe('Probability of exploitation within 30 days, 0 to 1.'),
  package: z.object({ type: z.string(), name: z.string(), version: z.string(), purl: z.string() }),
  layers: z.array(z.int()).describe('Which layers brought the package: indexes into `layers`.'),
  fix: z.object({ state: z.string(), versions: z.array(z.string()) }),
  reasons: z.array(reasonSchema).describe('Why it is said to be there; empty while there is no data.'),
  ignored: ignoreSchema.optional().describe('By whom and why it does not count; absent for what counts.'),
  status: z.enum(findingStatuses).optional().describe('Of the repository; absent where it is not in use.'),
  firstSeenMs: time.optional(),
});

export const imageDetailSchema = z.object({
  id: z.string(),
  digest: z.string().optional(),
  imageId: z.string().describe("'' where it has not been read."),
  uses: z.array(imageSchema).describe('Images in use that this is; empty for one that is remembered alone.'),
  state: z.enum(imageStates),
  reasons: z.array(z.string()),
  matchedAtMs: time.optional(),
  catalogedAtMs: time.optional(),
  builtAtMs: time.optional(),
  sizeBytes: whole,
  platform: z.string(),
  distribution: z.string(),
  packages: whole,
  layers: z
    .array(z.object({ digest: z.string(), packages: whole, vulnerabilities: bySeveritySchema }))
    .describe('Lowest first, each with what it brought.'),
  vulnerabilities: z.array(imageVulnerabilitySchema).describe('The riskiest first.'),
  ignored: z.array(imageVulnerabilitySchema).describe('What does not count.'),
  hasSbom: z.boolean(),
  registries: z
    .array(z.object({ image: z.string(), job: z.string(), schedule: z.string(), scannedAtMs: time }))
    .describe('Names by which looks through registries found it, at most 100, the newest first.'),
});

export const imagePackagesSchema = z.object({
  total: whole,
  items: z.array(
    z.object({
      type: z.string(),
      name: z.string(),
      version: z.string(),
      purl: z.string(),
      licenses: z.array(z.string()),
      paths: z.array(z.string()).describe('At most 20.'),
      layers: z.array(z.int()),
      vulnerabilities: whole,
      worst: z.enum(imageSeverities).optional(),
    }),
  ),
});

const findingFields = {
  repository: z.string(),
  vulnerability: z.string(),
  aliases: z.array(z.string()),
  severity: z.enum(imageSeverities),
  knownExploited: z.boolean(),
  packageType: z.string(),
  packageName: z.string(),
  installed: z.string(),
  fixedIn: z.string().describe("What to upgrade to; '' where nothing is known to fix it."),
  firstSeenMs: time,
  fixedAtMs: time.optional(),
  ignored: ignoreSchema.extend({ atMs: time }).optional(),
  workloads: z.array(imageWorkloadSchema).describe('At most 20 of those that run it.'),
  workloadTotal: whole,
};

export const cveSchema = z.object({
  id: z.string(),
  aliases: z.array(z.string()),
  severity: z.enum(imageSeverities).optional().describe('The worst that is said of it in any image.'),
  description: z.string(),
  urls: z.array(z.string()),
  cvss: z.array(z.object({ vector: z.string(), version: z.string(), score: z.number(), source: z.string() })),
  epss: z.object({ probability: z.number(), percentile: z.number(), date: z.string() }).optional(),
  knownExploited: z
    .object({
      dateAdded: z.string(),
      dueDate: z.string(),
      ransomware: z.boolean(),
      requiredAction: z.string(),
    })
    .optional(),
  risk: z.number(),
  publishedAtMs: time.optional(),
  modifiedAtMs: time.optional(),
  records: z.array(z.string()).describe('Names of the records that tell of it.'),
  findings: z.array(
    z.object({
      ...findingFields,
      status: z.enum(findingStatuses),
      isBaseline: z.boolean().describe('There when Skopos began to watch.'),
      images: z.array(imageSchema.pick({ id: true, reference: true, platform: true, names: true })),
    }),
  ),
  elsewhere: z
    .object({
      total: whole,
      items: z.array(z.object({ id: z.string(), image: z.string(), scannedAtMs: time })),
    })
    .describe('Images of registries that have it and run nowhere: at most 100, the newest first.'),
});

export const imageNewsSchema = z.object({
  enabled: z.boolean(),
  sinceMs: time,
  total: whole,
  counts: z.object({ new: whole, fixed: whole, ignored: whole }).describe('Under the other filters.'),
  facets: z.object({ severity: z.array(facetSchema), namespace: z.array(facetSchema) }),
  items: z.array(z.object({ ...findingFields, kind: z.enum(newsKinds), atMs: time })),
});

export const workloadImagesSchema = z.object({
  enabled: z.boolean().describe('False where this process scans no images.'),
  workload: z
    .string()
    .describe("The object's top owner, which images are told by: `apps/Deployment/shop/cart`."),
  data: dataSchema,
  containers: z
    .array(
      z.object({
        name: z.string(),
        image: z.string().describe("As it is written; '' where only a container that runs tells."),
        why: z.string().describe("Why nothing is known of what it runs; '' where `images` has any."),
        images: z
          .array(imageSchema.omit({ workloads: true }))
          .describe('Several while one version replaces another.'),
      }),
    )
    .describe('In the order of the object.'),
  newest: z
    .array(
      z.object({
        ...{ repository: z.string(), vulnerability: z.string(), severity: z.enum(imageSeverities) },
        ...{ knownExploited: z.boolean(), packageName: z.string(), installed: z.string() },
        fixedIn: z.string().describe("What to upgrade to; '' where nothing is known to fix it."),
        firstSeenMs: time,
        isBaseline: z.boolean().describe('There when Skopos began to watch.'),
      }),
    )
    .describe('What was found last and is still there, at most 10: the newest first, then the worst.'),
});

export type WorkloadImagesJson = z.infer<typeof workloadImagesSchema>;
export type ImageState = (typeof imageStates)[number];
export type ImageSeverity = (typeof imageSeverities)[number];
export type ImageSort = (typeof imageSorts)[number];
export type ImagesJson = z.infer<typeof imagesSchema>;
export type ImageJson = z.infer<typeof imageSchema>;
export type ImageWorkloadJson = z.infer<typeof imageWorkloadSchema>;
export type ImageCountJson = z.infer<typeof countsSchema>;
export type ImageDetailJson = z.infer<typeof imageDetailSchema>;
export type ImageVulnerabilityJson = z.infer<typeof imageVulnerabilitySchema>;
export type ImagePackagesJson = z.infer<typeof imagePackagesSchema>;
export type CveJson = z.infer<typeof cveSchema>;
export type ImageNewsJson = z.infer<typeof imageNewsSchema>;
export type ImageProgressJson = z.infer<typeof progressSchema>;
