import { z } from 'zod';
import { mostPlatforms, platformForm, platformHint } from '../../model/platform.ts';

/*
 * The JSON of jobs and recurring scans under /api/skopos/v1, as schemas: requests are checked by them, and the OpenAPI document is made
 * of them. Pages take their types from here.
 */

const time = z.number().describe('Unix time in milliseconds.');
const names = z.array(z.string().min(1)).max(1000);

export const jobStates = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
export const jobKinds = ['posture', 'images', 'registry', 'schedule', 'other'] as const;
export const scheduleKinds = ['posture', 'images', 'registry'] as const;

const bySeverity = z.object({
  critical: z.number(),
  high: z.number(),
  medium: z.number(),
  low: z.number(),
  unknown: z.number(),
});
const warnings = z.array(z.string()).describe('What was not as it should be although it was done.');

export const jobResultSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('posture'),
    objects: z.number().describe('Objects that were judged again.'),
    corrected: z.number().describe('Verdicts that were other than known; 0 unless a change had been missed.'),
    verdicts: z.object({
      pass: z.number(),
      fail: z.number(),
      unknown: z.number(),
      excepted: z.number(),
      'not-applicable': z.number(),
    }),
    failed: bySeverity.describe('Failed verdicts by the severity of their control.'),
    controls: z.object({
      pass: z.number(),
      fail: z.number(),
      unknown: z.number(),
      'not-applicable': z.number(),
    }),
    score: z.number().describe("Kubescape's compliance score, 0 to 100."),
    honest: z.number().optional().describe('The score where what is unknown did not pass.'),
    frameworks: z.array(z.object({ name: z.string(), score: z.number(), honest: z.number().optional() })),
    warnings,
  }),
  z.object({
    type: z.literal('images'),
    images: z.number(),
    failedImages: z.number().describe('Images that could not be scanned.'),
    vulnerabilities: bySeverity,
    fixable: z.number(),
    warnings,
  }),
  z.object({ type: z.literal('schedule'), schedules: z.array(z.string()), warnings }),
  z.object({ type: z.literal('check'), answer: z.string(), warnings }),
]);

export const jobSchema = z.object({
  id: z.string(),
  parentId: z.string().describe("The job that it comes from; '' where there is none."),
  isPart: z.boolean().describe('Whether that one made it, as one of many.'),
  kind: z.enum(jobKinds),
  command: z.string().describe("As Kubescape's operator names it."),
  title: z.string(),
  origin: z.string().describe('`command`, `schedule`, `api` or `scan`: by which way it came.'),
  schedule: z.string().describe("The recurring scan that it is a run of; '' for none."),
  state: z.enum(jobStates),
  reason: z.string().describe("Why it failed or was cancelled; '' otherwise."),
  createdAtMs: time,
  startedAtMs: time.optional(),
  endedAtMs: time.optional(),
  result: jobResultSchema.optional(),
});

const states = z.object({
  queued: z.number(),
  running: z.number(),
  done: z.number(),
  failed: z.number(),
  cancelled: z.number(),
});

export const jobsSchema = z.object({
  items: z.array(jobSchema).describe('Newest first; the parts of a job in their own order.'),
  total: z.number(),
  states: states.describe('How many there are in each state, whatever states were asked for.'),
  waiting: z.number().describe('Jobs in the queue.'),
});

export const jobDetailSchema = jobSchema.extend({
  parts: states.describe('How many parts it has in each state.'),
  hasReport: z.boolean().describe("Whether Kubescape's report of it is kept."),
});

const registrySchema = z.looseObject({
  registryName: z.string().min(1),
  depth: z.int().min(1).max(100).optional(),
  isHTTPS: z.boolean().optional(),
  skipTLSVerify: z.boolean().optional(),
  include: names.optional(),
  exclude: names.optional(),
  platforms: z
    .array(z.string().regex(platformForm, `expected ${platformHint}`))
    .min(1)
    .max(mostPlatforms)
    .optional()
    .describe(
      'Such as `linux/arm64`, each of an image for several; `images.registry_platforms` when left out.',
    ),
});

const wishFields = {
  namespaces: names.optional().describe('Only these; all when left out.'),
  excludedNamespaces: names.optional(),
  frameworks: names.optional().describe('Only the controls of these.'),
  controls: names.optional().describe('Only these, by id.'),
  registry: registrySchema.optional().describe('Which registry; for the kind `registry`.'),
};

export const newJobSchema = z.strictObject({
  kind: z.enum(scheduleKinds),
  ...wishFields,
  object: z
    .strictObject({ kind: z.string().min(1), namespace: z.string().default(''), name: z.string().min(1) })
    .optional()
    .describe('One object alone.'),
  images: names.optional().describe('These images, whoever runs them.'),
});

const cron = z.string().min(1).max(200).describe('Five fields, or `@daily` and the like.');
const timeZone = z.string().max(100).describe("Of IANA; '' for UTC.");
const commands = z.array(z.unknown()).min(1).max(100).describe("Commands of Kubescape's operator.");

export const newScheduleSchema = z.strictObject({
  name: z.string().optional().describe('Up to 52 lower-case letters, digits and "-"; made up when left out.'),
  kind: z.enum(scheduleKinds),
  cron: cron.optional().describe('Once a day at a minute that the name gives when left out.'),
  timeZone: timeZone.default(''),
  isPaused: z.boolean().default(false),
  ...wishFields,
  commands: commands.optional().describe('What each run sends, in place of what it is about.'),
});

export const scheduleEditSchema = z.strictObject({
  cron: cron.optional(),
  timeZone: timeZone.optional(),
  isPaused: z.boolean().optional(),
  commands: commands.optional(),
});

export const scheduleSchema = z.object({
  name: z.string(),
  kind: z.enum(scheduleKinds),
  cron: z.string(),
  timeZone: z.string(),
  isPaused: z.boolean(),
  about: z.string().describe('What it scans, for people.'),
  commands: z.array(z.unknown()),
  runBy: z.enum(['cronjob', 'skopos']).describe('A CronJob of the cluster, or the built-in scheduler.'),
  madeBy: z.enum(['skopos', 'kubescape']),
  createdAtMs: time,
  lastDueMs: time.optional(),
  nextMs: time.optional(),
  lastRun: jobSchema.optional(),
  problem: z.string().describe("What is wrong with it; '' when nothing is."),
});

export const schedulesSchema = z.object({
  items: z.array(scheduleSchema),
  keeper: z.enum(['cronjobs', 'built-in']).describe('Where new ones are kept.'),
  problem: z.string().describe("Why CronJobs are not to be had; '' when they are, or there is no cluster."),
});

export const cronPreviewSchema = z.object({ nextMs: z.array(time) });

export const operatorSchema = z.object({
  namespace: z.string().describe("Of CronJobs, ConfigMaps and templates; '' where there is no cluster."),
  isLeader: z.boolean().optional(),
  configMap: z.object({
    name: z.string(),
    isThere: z.boolean(),
    problem: z.string(),
    settings: z.record(z.string(), z.unknown()),
  }),
});

/** What is answered is not to be changed by who reads it. */
type Shown<T> = T extends readonly (infer Item)[]
  ? readonly Shown<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Shown<T[Key]> }
    : T;

export type JobJson = Shown<z.output<typeof jobSchema>>;
export type JobResultJson = Shown<z.output<typeof jobResultSchema>>;
export type JobsJson = Shown<z.output<typeof jobsSchema>>;
export type JobDetailJson = Shown<z.output<typeof jobDetailSchema>>;
export type NewJobJson = z.input<typeof newJobSchema>;
export type NewScheduleJson = z.input<typeof newScheduleSchema>;
export type ScheduleEditJson = z.input<typeof scheduleEditSchema>;
export type ScheduleJson = Shown<z.output<typeof scheduleSchema>>;
export type SchedulesJson = Shown<z.output<typeof schedulesSchema>>;
export type OperatorJson = Shown<z.output<typeof operatorSchema>>;
