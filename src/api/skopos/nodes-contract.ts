import { z } from 'zod';
import { severities } from '../../model/verdict.ts';

/*
 * The JSON of nodes under /api/skopos/v1, as schemas: the OpenAPI document is made of them, and pages take their types from here.
 */

const time = z.number().describe('Unix time in milliseconds.');
const whole = z.number();

/** What needs looking at comes first. */
export const nodeStates = ['stale', 'silent', 'waiting', 'fresh'] as const;

const countsSchema = z
  .object({ fail: whole, unknown: whole, excepted: whole, pass: whole })
  .describe('Controls by what they say of the node.');

export const nodeSchema = z.object({
  name: z.string(),
  state: z
    .enum(nodeStates)
    .describe('fresh: it answers; stale: it did, too long ago; silent: it never did; waiting: it still may.'),
  answeredAtMs: time.optional(),
  changedAtMs: time.optional().describe('When its facts were last other than before.'),
  problem: z.string().describe('Why it does not answer; empty when it does.'),
  gaps: whole.describe('What could not be read at the last answer.'),
  verdicts: countsSchema,
});

export const nodesSchema = z.object({
  enabled: z.boolean().describe('Whether any nodes are asked (`host` in skopos.yaml).'),
  staleAfterMs: whole,
  total: whole,
  items: z.array(nodeSchema),
  counts: z
    .object({ stale: whole, silent: whole, waiting: whole, fresh: whole })
    .describe('Nodes within what is searched for, by state.'),
});

const gapSchema = z.object({
  field: z.string().describe('A path inside of the facts; empty for all of them.'),
  reason: z.string(),
});

export const nodeDetailSchema = z.object({
  ...nodeSchema.shape,
  facts: z.array(
    z.object({
      kind: z.string(),
      data: z.unknown().describe('As the node told it last, whether it still counts or not.'),
      gaps: z.array(gapSchema),
    }),
  ),
  controls: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      severity: z.enum(severities),
      state: z.enum(['fail', 'unknown', 'excepted', 'pass']),
      reason: z.string().describe('Why it fails, or cannot be told; empty where it passes.'),
    }),
  ),
});

export type NodeStateJson = (typeof nodeStates)[number];
export type NodeJson = z.output<typeof nodeSchema>;
export type NodesJson = z.output<typeof nodesSchema>;
export type NodeDetailJson = z.output<typeof nodeDetailSchema>;
