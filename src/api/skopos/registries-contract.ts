import { z } from 'zod';
import { bySeveritySchema, facetSchema, imageSeverities, imageWorkloadSchema } from './images-contract.ts';

/*
 * The JSON of what registries were looked through for, under /api/skopos/v1, as schemas: the OpenAPI document is made of them, and
 * pages take their types from here.
 */

const time = z.number().describe('Unix time in milliseconds.');
const whole = z.number();

export const registryImageStates = ['complete', 'partial', 'unknown'] as const;
export const registryImageSorts = ['newest', 'name', 'severity', 'fixable', 'risk'] as const;

export const registryImageSchema = z.object({
  id: z.string().optional().describe('What /images/{id} takes; absent when it could not be scanned.'),
  image: z.string().describe('As it is pulled: `registry.shop:5000/team/cart:1.2`.'),
  platform: z
    .string()
    .describe("Such as `linux/arm64`; of an image for one platform alone its own; '' when it does not say."),
  registry: z.string(),
  repository: z.string(),
  tag: z.string(),
  state: z
    .enum(registryImageStates)
    .describe('`unknown`: that no vulnerabilities are counted then means nothing.'),
  reasons: z.array(z.string()).describe('Why it is not complete.'),
  packages: whole,
  vulnerabilities: bySeveritySchema,
  fixable: whole,
  knownExploited: whole,
  risk: z.number().describe('Of the riskiest vulnerability, 0 to 100.'),
  scannedAtMs: time.describe(
    'When its tag was last looked at. What is known of it is matched again as data changes.',
  ),
  job: z.string().describe('The job that looked at it; the oldest ones are forgotten.'),
  schedule: z.string().describe("The recurring scan that the job was a run of; '' for none."),
  workloads: z
    .array(imageWorkloadSchema)
    .describe('At most 20 of those that run this digest; empty for what runs nowhere.'),
  workloadTotal: whole,
});

export const registryScanSchema = z.object({
  job: z.string(),
  schedule: z.string(),
  registry: z.string(),
  name: z.string().describe('The registry with the path that repositories begin with.'),
  depth: whole.describe('Tags of each repository, the newest first.'),
  include: z.array(z.string()),
  exclude: z.array(z.string()),
  platforms: z.array(z.string()),
  state: z
    .enum(['running', 'whole', 'unfinished'])
    .describe('`unfinished`: the next scan of the same scope goes on with it, for a day.'),
  reason: z.string().describe("Why it ended before its end; '' otherwise."),
  startedAtMs: time,
  endedAtMs: time.optional(),
  waitsUntilMs: time.optional().describe('While it waits, as the registry wants no requests before.'),
  found: whole.describe('Images in scope; 0 until all are listed.'),
  passedOver: whole.describe('Of these, what an unfinished scan before had scanned.'),
  done: whole,
  failed: whole,
});

export const registryImagesSchema = z.object({
  enabled: z.boolean().describe('False where this process scans no images.'),
  items: z.array(registryImageSchema),
  total: whole,
  running: whole.describe('How many of them are run by a container, by their digest.'),
  facets: z.object({
    registry: z.array(facetSchema),
    platform: z.array(facetSchema),
    state: z.array(facetSchema),
    severity: z.array(facetSchema),
  }),
});

export const registryScansSchema = z.object({
  enabled: z.boolean(),
  items: z.array(registryScanSchema).describe('Newest first.'),
});

export { imageSeverities };
export type RegistryImageJson = z.infer<typeof registryImageSchema>;
export type RegistryImagesJson = z.infer<typeof registryImagesSchema>;
export type RegistryScanJson = z.infer<typeof registryScanSchema>;
export type RegistryScansJson = z.infer<typeof registryScansSchema>;
