import { InvalidArgumentError } from 'commander';
import type { ScanResult } from './scan-result.ts';
import { toCsv } from './to-csv.ts';
import { toGitlabSast } from './to-gitlab-sast.ts';
import { toHtml } from './to-html.ts';
import { toJson } from './to-json.ts';
import { toJunit } from './to-junit.ts';
import { toKubescapeJson } from './to-kubescape-json.ts';
import { toMarkdown } from './to-markdown.ts';
import { toPolicyReport } from './to-policy-report.ts';
import { toPrometheus } from './to-prometheus.ts';
import { toSarif } from './to-sarif.ts';

/** All but the table, which depends on the terminal. */
const writers = {
  json: toJson,
  sarif: toSarif,
  junit: toJunit,
  html: toHtml,
  markdown: toMarkdown,
  csv: toCsv,
  prometheus: toPrometheus,
  'gitlab-sast': toGitlabSast,
  'policy-report': toPolicyReport,
  'kubescape-json': toKubescapeJson,
} as const satisfies Record<string, (result: ScanResult) => string>;

export type FileFormat = keyof typeof writers;
export type Format = 'table' | FileFormat;

export const formats: readonly Format[] = ['table', ...(Object.keys(writers) as FileFormat[])];

/** One thing to print, and the file to print it to; standard output without one. */
export interface Wanted {
  readonly format: Format;
  readonly file?: string;
}

export function write(result: ScanResult, format: FileFormat): string {
  return writers[format](result);
}

/**
 * Reads one `--format`: `json`, `sarif=out.sarif`, or several with commas between.
 *
 * @throws {InvalidArgumentError} for a format that does not exist, or two for standard output.
 */
export function gatherFormats(text: string, earlier: readonly Wanted[] = []): readonly Wanted[] {
  const added = text.split(',').map((part): Wanted => {
    const at = part.indexOf('=');
    const name = at < 0 ? part : part.slice(0, at);
    const format = formats.find((one) => one === name);
    if (format === undefined)
      throw new InvalidArgumentError(`Allowed choices are ${formats.join(', ')}, each with =FILE.`);
    const file = at < 0 ? undefined : part.slice(at + 1);
    if (file === '') throw new InvalidArgumentError(`${part} names no file.`);
    return { format, ...(file === undefined ? {} : { file }) };
  });
  const all = [...earlier, ...added];
  const printed = all.filter(({ file }) => file === undefined).map(({ format }) => format);
  if (printed.length > 1)
    throw new InvalidArgumentError(
      `${printed.join(' and ')} cannot both go to standard output: name a file, as in ${printed[1]}=FILE.`,
    );
  const files = all.flatMap(({ file }) => file ?? []);
  const twice = files.find((file, i) => files.indexOf(file) !== i);
  if (twice !== undefined) throw new InvalidArgumentError(`two formats would be written to ${twice}.`);
  return all;
}
