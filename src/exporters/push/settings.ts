import { z } from 'zod';
import { parseByteSize } from '../../kit/byte-size.ts';
import { duration } from '../../kit/duration.ts';

/** Such as `4MiB`, in bytes. */
const byteSize = z.string().transform((text, context) => {
  const bytes = parseByteSize(text);
  if (bytes !== undefined && bytes > 0) return bytes;
  context.addIssue({ code: 'custom', message: `expected a size such as 512KiB or 4MiB, got "${text}"` });
  return z.NEVER;
});

const mebibyte = 1 << 20;

/** `push` of skopos.yaml: metrics that jobs push here, as they do to a Pushgateway. */
export const pushSchema = z.strictObject({
  enabled: z.boolean().default(true),
  /** Whether `PUT /api/v1/admin/wipe` removes everything. */
  admin_api: z.boolean().default(false),
  /** Whether names of labels in paths may be escaped as `U__…`, and be any UTF-8. */
  utf8_names: z.boolean().default(false),
  /** Of one push, packed and unpacked. */
  max_body: byteSize.default(4 * mebibyte),
  max_groups: z.int().min(1).default(5000),
  /** Of all groups together. */
  max_series: z.int().min(1).default(50_000),
  /** How old a group's last push may get before its series end; for ever when left out. */
  time_to_live: duration.optional(),
  /** How often series are written again into the store. */
  interval: duration.default(15_000),
});

export type PushSettings = z.output<typeof pushSchema>;
