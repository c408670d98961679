import { z } from 'zod';
import { readText } from '../../config/load-config.ts';
import { BadInputError, messageOf } from '../../kit/app-error.ts';
import { jsonVersion } from './to-json.ts';

const objectSchema = z.object({
  group: z.string(),
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
});

const reportSchema = z.object({
  version: z.literal(jsonVersion),
  tool: z.object({ name: z.literal('skopos') }),
  controls: z.array(z.object({ id: z.string() })),
  unknown: z.array(z.object({ controlId: z.string(), object: objectSchema })),
  findings: z.array(
    z.object({
      fingerprint: z.string().regex(/^[0-9a-f]{16}$/),
      severity: z.enum(['critical', 'high', 'medium', 'low', 'unknown']),
      controlId: z.string(),
      control: z.string(),
      object: objectSchema,
      path: z.string(),
      message: z.string(),
      file: z.string().optional(),
      line: z.number().optional(),
    }),
  ),
});

/** A former scan's JSON, as far as it is compared. */
export type Report = z.infer<typeof reportSchema>;
export type ReportFinding = Report['findings'][number];

/**
 * Reads what `skopos scan --format json` wrote.
 *
 * @param file absolute.
 * @param shown its name for messages.
 * @throws {BadInputError} when it is something else.
 */
export function readReport(file: string, shown: string): Report {
  const text = readText(file, 'result of a scan');
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw new BadInputError(shown, `is not JSON: ${messageOf(error)}`, { cause: error });
  }
  const parsed = reportSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new BadInputError(
    shown,
    `is not what "skopos scan --format json" writes: ${where === '' ? '' : `${where}: `}${issue?.message ?? ''}`,
  );
}
