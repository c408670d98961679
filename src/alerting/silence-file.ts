import { z } from 'zod';
import { messageOf } from '../kit/app-error.ts';
import { duration } from '../kit/duration.ts';
import { ConfigFileError, readYamlConfig } from '../kit/yaml-config.ts';
import type { Matcher } from '../model/matcher.ts';
import { timeIntervalSchema } from './config/time-interval-schema.ts';
import { parseMatchers } from './parse-matchers.ts';
import { type DeclaredSilence, endlessMs, isEndless } from './silence.ts';
import { checkSilence } from './silence-store.ts';
import { matchesAnything } from './silence-warnings.ts';

const matchers = z
  .union([z.string().transform((text) => [text]), z.array(z.string())])
  .transform((texts, context) =>
    texts.flatMap((text, i): readonly Matcher[] => {
      try {
        return parseMatchers(text);
      } catch (error) {
        context.addIssue({ code: 'custom', path: [i], message: messageOf(error) });
        return [];
      }
    }),
  );

const time = z.string().transform((text, context) => {
  const ms = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(ms)) return ms;
  context.addIssue({
    code: 'custom',
    message: `expected a time such as 2030-01-31T18:00:00Z, got "${text}"`,
  });
  return z.NEVER;
});

const silence = z.strictObject({
  /** Tells it from the others of all files. */
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'letters, digits, ".", "_" and "-"'),
  matchers,
  owner: z.string().min(1, 'say who answers for it'),
  reason: z.string().min(1, 'say why'),
  created_by: z.string().default(''),
  starts_at: time.optional(),
  ends_at: z.union([z.literal('never').transform(() => endlessMs), time]),
  /** Recurring windows, as `time_intervals` of alertmanager.yml. */
  windows: z.array(timeIntervalSchema).default([]),
  notice: duration.default(86_400_000),
  /** Needed for one that never ends or matches everything. */
  confirm: z.boolean().default(false),
});

const file = z.strictObject({ silences: z.array(silence).default([]) });

/**
 * Reads a file of declared silences.
 *
 * @param name of the file, for messages
 * @throws {ConfigFileError} naming the line and the field.
 */
export function parseSilenceFile(text: string, name: string): readonly DeclaredSilence[] {
  const { silences } = readYamlConfig(text, name, file);
  const seen = new Set<string>();
  return silences.map((entry, i) => {
    const fail = (field: string, problem: string): never => {
      throw new ConfigFileError(name, 0, `silences[${i}]${field}`, `${entry.name}: ${problem}`);
    };
    if (seen.has(entry.name)) fail('.name', 'the name is there twice');
    seen.add(entry.name);
    const declared: DeclaredSilence = {
      name: entry.name,
      source: name,
      matchers: entry.matchers,
      // One that is there from the start keeps the same start at every reading.
      startsAtMs: entry.starts_at ?? 1,
      endsAtMs: entry.ends_at,
      createdBy: entry.created_by === '' ? entry.owner : entry.created_by,
      comment: entry.reason,
      owner: entry.owner,
      windows: entry.windows,
      noticeMs: entry.notice,
    };
    try {
      // Whether it has ended already is no fault of the file.
      checkSilence(declared, 0);
    } catch (error) {
      fail('', messageOf(error));
    }
    const bold = [
      ...(isEndless(declared, Date.now()) ? ['it never ends'] : []),
      ...(matchesAnything(declared.matchers) ? ['it matches every alert'] : []),
    ];
    if (bold.length > 0 && !entry.confirm)
      fail('', `${bold.join(' and ')}; set "confirm: true" if that is meant`);
    return declared;
  });
}
