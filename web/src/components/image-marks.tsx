import type { ReactElement } from 'react';
import { Link } from 'react-router';
import type { ImageJson, ImageProgressJson, ImageWorkloadJson } from '../api/types.ts';
import { bytes } from '../format/bytes.ts';
import { count, counted } from '../format/words.ts';
import { SeverityMark, StateMark, type Tone } from './severity.tsx';
import './image-marks.css';

type State = ImageJson['state'];

const states: Readonly<Record<State, { readonly tone: Tone; readonly label: string }>> = {
  waiting: { tone: 'plain', label: 'Waiting' },
  scanning: { tone: 'plain', label: 'Being scanned' },
  complete: { tone: 'neutral', label: 'Complete' },
  partial: { tone: 'warn', label: 'Partial' },
  unknown: { tone: 'plain', label: 'Unknown' },
};

/** What is known of an image. `complete` is about the scan: it is not a verdict that all is well. */
export function ImageStateMark({
  state,
  reasons = [],
}: {
  readonly state: State;
  readonly reasons?: readonly string[];
}): ReactElement {
  return (
    <span title={reasons.join(' ')}>
      <StateMark {...states[state]} />
    </span>
  );
}

export const imageSeverities = ['critical', 'high', 'medium', 'low', 'negligible', 'unknown'] as const;

/** Whether anything can be said of its vulnerabilities. */
export function isJudged({ state, matchedAtMs }: Pick<ImageJson, 'state' | 'matchedAtMs'>): boolean {
  return matchedAtMs !== undefined && state !== 'unknown';
}

/** Counts by severity, those that are none left out; nothing where nothing is known. */
export function VulnerabilityCounts({
  counts,
}: {
  readonly counts: ImageJson['vulnerabilities'];
}): ReactElement {
  const shown = imageSeverities.filter((severity) => counts[severity].all > 0);
  if (shown.length === 0) return <span className="dim small">none known</span>;
  return (
    <span className="severity-counts">
      {shown.map((severity) => (
        <span
          key={severity}
          title={`${count(counts[severity].all)} ${severity}, ${count(counts[severity].fixable)} fixable`}
        >
          <SeverityMark severity={severity} label={count(counts[severity].all)} />
          <span className="hidden"> {severity}</span>
        </span>
      ))}
    </span>
  );
}

export function fixableOf({ vulnerabilities }: Pick<ImageJson, 'vulnerabilities'>): number {
  return imageSeverities.reduce((sum, severity) => sum + vulnerabilities[severity].fixable, 0);
}

/** 0 to 100 with no more digits than it deserves. */
export function riskText(risk: number): string {
  if (risk === 0) return '0';
  return risk < 0.1 ? '< 0.1' : risk.toFixed(risk >= 10 ? 0 : 1);
}

/** Known to be exploited: that counts more than any severity. */
export function Exploited({ short = false }: { readonly short?: boolean }): ReactElement {
  return (
    <span className="exploited" title="In CISA's catalogue of known exploited vulnerabilities">
      {short ? 'KEV' : 'exploited'}
    </span>
  );
}

export function imagePath(id: string, more = ''): string {
  return `/image?id=${encodeURIComponent(id)}${more}`;
}

export function cvePath(id: string): string {
  return `/cves/${encodeURIComponent(id)}`;
}

/** The page of the workload. */
export function workloadPath({ group, kind, namespace, name }: ImageWorkloadJson): string {
  return `/resource?key=${encodeURIComponent([group, kind, namespace, name].join('/'))}`;
}

/** Who runs it, each with its page. */
export function Workloads({
  workloads,
  total = workloads.length,
}: {
  readonly workloads: readonly ImageWorkloadJson[];
  readonly total?: number;
}): ReactElement {
  if (workloads.length === 0) return <p className="dim small">Nothing that runs uses it now.</p>;
  return (
    <ul className="plain-list small">
      {workloads.map((workload) => (
        <li key={JSON.stringify(workload)} className="wrap">
          <Link to={workloadPath(workload)}>
            {workload.kind} {workload.namespace}/{workload.name}
          </Link>{' '}
          <span className="dim">container {workload.container}</span>
        </li>
      ))}
      {total > workloads.length && <li className="dim">and {count(total - workloads.length)} more</li>}
    </ul>
  );
}

/** The first who runs it, and how many more, for a cell. */
export function RunsIn({
  workloads,
  total = workloads.length,
  none = 'nowhere',
}: {
  readonly workloads: readonly ImageWorkloadJson[];
  readonly total?: number;
  readonly none?: string;
}): ReactElement {
  const [first] = workloads;
  if (first === undefined) return <span className="dim small">{none}</span>;
  const all = workloads.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`).join('\n');
  return (
    <span className="small" title={all}>
      <span className="mono">
        {first.namespace}/{first.name}
      </span>
      {total > 1 && <span className="dim"> and {count(total - 1)} more</span>}
    </span>
  );
}

/** How far the reading of an image is. */
export function ScanProgress({ progress }: { readonly progress: ImageProgressJson }): ReactElement {
  const { phase, layers, layersDone, layersCached, bytes: all, bytesDone } = progress;
  const words =
    phase === 'open'
      ? 'Asking the registry'
      : phase === 'packages'
        ? 'Putting its packages together'
        : `${bytes(bytesDone)} of ${bytes(all)}, ${layersDone} of ${counted(layers, 'layer')}${layersCached > 0 ? ` (${layersCached} known)` : ''}`;
  return (
    <div className="stack tight" role="status">
      <progress
        aria-label="Progress of the scan"
        max={Math.max(1, all)}
        {...(phase === 'layers' ? { value: bytesDone } : {})}
      />
      <span className="small">{words}</span>
    </div>
  );
}
