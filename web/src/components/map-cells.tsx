import type { ReactElement } from 'react';
import type { WorkloadStateJson } from '../api/types.ts';
import './map-cells.css';

/** Worst first, with the words that people read. */
export const workloadStates: readonly { readonly state: WorkloadStateJson; readonly label: string }[] = [
  { state: 'critical', label: 'Critical' },
  { state: 'high', label: 'High' },
  { state: 'medium', label: 'Medium' },
  { state: 'low', label: 'Low' },
  { state: 'unknown', label: 'Unknown' },
  { state: 'pass', label: 'All passed' },
];

const byLetter: Readonly<Record<string, WorkloadStateJson>> = {
  c: 'critical',
  h: 'high',
  m: 'medium',
  l: 'low',
  u: 'unknown',
  p: 'pass',
};

const cell = 9;
const gap = 2;
const step = cell + gap;

/**
 * One square a workload, worst first: a path for each state, so that thousands of them cost no more than a few. What is not known is
 * an empty square; what fails and is not wholly known has an empty middle.
 */
export function MapCells({
  cells,
  columns,
}: {
  readonly cells: string;
  readonly columns: number;
}): ReactElement {
  const paths = new Map<WorkloadStateJson, string[]>();
  const holes: string[] = [];
  for (const [index, letter] of [...cells].entries()) {
    const [x, y] = [(index % columns) * step, Math.floor(index / columns) * step];
    const lower = letter.toLowerCase();
    const state = byLetter[lower] ?? 'unknown';
    const path = paths.get(state) ?? [];
    path.push(`M${x + 0.5} ${y + 0.5}h${cell - 1}v${cell - 1}h-${cell - 1}z`);
    paths.set(state, path);
    if (letter !== lower) holes.push(`M${x + 3} ${y + 3}h3v3h-3z`);
  }
  const rows = Math.ceil(cells.length / columns);
  return (
    <svg
      className="map-cells"
      width={Math.min(cells.length, columns) * step}
      height={rows * step}
      aria-hidden="true"
    >
      {[...paths].map(([state, path]) => (
        <path key={state} data-state={state} d={path.join('')} />
      ))}
      {holes.length > 0 && <path className="hole" d={holes.join('')} />}
    </svg>
  );
}

/** What the squares mean. */
export function MapLegend(): ReactElement {
  return (
    <ul className="map-legend" aria-label="What the squares mean">
      {workloadStates.map(({ state, label }) => (
        <li key={state}>
          <MapCells cells={state.charAt(0)} columns={1} /> {label}
        </li>
      ))}
      <li>
        <MapCells cells="H" columns={1} /> Fails, and not wholly known
      </li>
    </ul>
  );
}
