import { formatGatherer, type WantedFormat } from '../format-choice.ts';
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

/** One thing to print, and the file to print it to. */
export type Wanted = WantedFormat<Format>;

export function write(result: ScanResult, format: FileFormat): string {
  return writers[format](result);
}

/** Reads one `--format`, see {@link formatGatherer}. */
export const gatherFormats = formatGatherer(formats);
