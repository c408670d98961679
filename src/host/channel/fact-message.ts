import { z } from 'zod';
import { BadInputError } from '../../kit/app-error.ts';
import { type HostFact, hostKinds } from '../../model/host.ts';

/** A node with a thousand open ports and hundreds of keys has some 200 KiB. */
export const mostMessageBytes = 1024 * 1024;

const text = z.string().max(4096);
const gapSchema = z.strictObject({ field: z.string().max(256), reason: text });
const factSchema = z.strictObject({
  kind: z.enum(hostKinds),
  data: z.unknown(),
  gaps: z.array(gapSchema).max(200),
});
const messageSchema = z.object({
  version: z.literal(1),
  node: z.string().max(253),
  digest: z.string().max(100),
  facts: z.array(factSchema).max(hostKinds.length).optional(),
});

/** What a node answered. */
export interface NodeAnswer {
  readonly digest: string;
  /** Undefined when they are as they were. */
  readonly facts?: readonly HostFact[];
}

/**
 * Reads what a node answered, and believes nothing of it: size, shape, depth, and that it speaks for itself.
 *
 * @param node the one that was asked.
 * @throws {BadInputError} saying what is wrong.
 */
export function parseFacts(body: string, node: string): NodeAnswer {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new BadInputError('', 'its answer is no JSON; is it `skopos node` that listens there?');
  }
  const parsed = messageSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new BadInputError(
      '',
      `its answer is no facts of a node (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}); is it the same version?`,
    );
  }
  const { facts, digest } = parsed.data;
  if (parsed.data.node !== node)
    throw new BadInputError(
      '',
      `it says that it is ${JSON.stringify(parsed.data.node)}, and may only speak for itself; give it --node-name ${node}`,
    );
  if (facts === undefined) return { digest };
  for (const { data } of facts) checkDepth(data);
  const kinds = new Set(facts.map(({ kind }) => kind));
  if (kinds.size < facts.length) throw new BadInputError('', 'its answer has a kind of facts twice');
  return { digest, facts: facts as readonly HostFact[] };
}

/** What is nested deeper is no facts, and would cost those who walk through it. */
const mostDepth = 8;

function checkDepth(value: unknown, depth = 0): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth === mostDepth) throw new BadInputError('', `its answer is nested deeper than ${mostDepth}`);
  for (const inner of Object.values(value)) checkDepth(inner, depth + 1);
}
