import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UnavailableError } from '../../kit/app-error.ts';
import { formatProblem } from '../folder/problem.ts';
import { readManifests } from '../folder/read-manifests.ts';
import type { Rendered, RenderedObject } from './rendered.ts';
import { runTool, type ToolOptions } from './run-tool.ts';
import { templateLines } from './template-lines.ts';

export interface HelmOptions extends ToolOptions {
  /** Files of values. */
  readonly values?: readonly string[];
  /** Values by themselves, `key=value`. */
  readonly set?: readonly string[];
  readonly release?: string;
}

export function isHelmChart(folder: string): boolean {
  return existsSync(join(folder, 'Chart.yaml'));
}

/**
 * Renders a chart with the user's `helm template`. Objects are given the template that helm names in its `# Source:` comment, and
 * the lines of it that theirs look like.
 *
 * @throws {UnavailableError} when there is no helm, or helm refuses; {ManifestError} when what it makes is no manifest.
 */
export async function renderHelmChart(folder: string, options: HelmOptions): Promise<Rendered> {
  const { values = [], set = [], release = 'release' } = options;
  const args = [
    ...['template', release, folder, '--include-crds'],
    ...values.flatMap((file) => ['--values', file]),
    ...set.flatMap((value) => ['--set', value]),
  ];
  const text = await runTool('helm', args, options);
  if (text === undefined)
    throw new UnavailableError(
      `${folder} is a Helm chart, and helm is not installed (not on PATH): install it, or render elsewhere and give the result: helm template ${folder} | skopos scan -`,
    );
  const { objects, problems } = await readManifests({ text, name: `${folder} (rendered)` });
  const lines = text.split('\n');
  const templates = new Map<string, string>();
  const found: RenderedObject[] = [];
  for (const { object, origin } of objects) {
    const place = placeOf(lines, origin.line ?? 1);
    const file = place.source === undefined ? undefined : fileOf(folder, place.source);
    if (file === undefined) {
      found.push({ object, origin: { source: 'folder', file: join(folder, 'Chart.yaml'), line: 1 } });
      continue;
    }
    const template = templates.get(file) ?? (await readFile(file, 'utf8'));
    templates.set(file, template);
    const own = lines.slice((origin.line ?? 1) - 1, place.end).join('\n');
    const start = documentStart(template, object.kind, place.nth);
    const map = templateLines(own, template, start);
    const line = map[0] ?? start;
    found.push({ object, origin: { source: 'folder', file, line }, source: { text: own, lines: map } });
  }
  return { objects: found, warnings: problems.map(formatProblem) };
}

/** Which template a line of helm's output comes from, where its document ends, and how many of that template's are before it. */
function placeOf(
  lines: readonly string[],
  line: number,
): { readonly source: string | undefined; readonly end: number; readonly nth: number } {
  const sourceAt = (i: number) => /^# Source: (.+)$/.exec(lines[i] ?? '')?.[1]?.trim();
  let end = line;
  while (end < lines.length && lines[end]?.startsWith('---') === false) end++;
  let source: string | undefined;
  let nth = 0;
  for (let i = line - 1; i >= 0; i--) {
    const own = sourceAt(i);
    if (own === undefined) continue;
    if (source === undefined) source = own;
    else if (own === source) nth++;
    else break;
  }
  return { source, end, nth };
}

/** `chart/templates/a.yaml` in the chart's folder; undefined for one that is packed in an archive. */
function fileOf(folder: string, source: string): string | undefined {
  const file = join(folder, source.slice(source.indexOf('/') + 1));
  return existsSync(file) ? file : undefined;
}

/** The line at which the nth document of a template can begin: behind the nth `---`, where there are so many. */
function documentStart(template: string, kind: string, nth: number): number {
  const lines = template.split('\n');
  const borders = lines.flatMap((line, i) => (line.startsWith('---') ? [i + 2] : []));
  const starts = [1, ...borders];
  const ofKind = starts.filter((start, i) => {
    const end = starts[i + 1] ?? lines.length + 1;
    return lines.slice(start - 1, end - 1).some((line) => line.trim() === `kind: ${kind}`);
  });
  // A document may have been left out by a condition: the kind says more than the number.
  return starts[nth] !== undefined && ofKind.includes(starts[nth]) ? starts[nth] : (ofKind[0] ?? 1);
}
