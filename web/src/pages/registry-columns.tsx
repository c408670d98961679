import type { ReactElement } from 'react';
import { Link } from 'react-router';
import type { RegistryImageJson } from '../api/types.ts';
import { ImageStateMark, imagePath, VulnerabilityCounts } from '../components/image-marks.tsx';
import { Ago } from '../components/time.tsx';
import type { Column } from '../components/virtual-table.tsx';
import { count } from '../format/words.ts';

export const registryColumns: readonly Column<RegistryImageJson>[] = [
  {
    key: 'image',
    label: 'Image',
    width: 'minmax(13rem, 2.4fr)',
    sort: 'name',
    first: 'asc',
    cell: (image) => <ImageLink image={image} />,
  },
  {
    key: 'state',
    label: 'Scan',
    width: '7.4rem',
    cell: ({ state, reasons }) => (
      <span title={reasons.join(' ')}>
        <ImageStateMark state={state} />
      </span>
    ),
  },
  {
    key: 'severity',
    label: 'Vulnerabilities',
    width: '13rem',
    sort: 'severity',
    cell: (image) => <Counts image={image} />,
  },
  {
    key: 'fixable',
    label: 'Fixable',
    width: '5rem',
    sort: 'fixable',
    cell: ({ state, fixable }) => (state === 'unknown' ? <span className="dim">–</span> : count(fixable)),
  },
  {
    key: 'digest',
    label: 'Digest',
    width: '7.4rem',
    cell: ({ id }) => (
      <span className="mono small dim" title={id}>
        {id === undefined ? '–' : id.replace('sha256:', '').slice(0, 12)}
      </span>
    ),
  },
  { key: 'runs', label: 'Runs in', width: 'minmax(0, 1fr)', cell: (image) => <RunsIn image={image} /> },
  { key: 'by', label: 'Scanned by', width: '8rem', cell: (image) => <ScannedBy image={image} /> },
  {
    key: 'at',
    label: 'When',
    width: '6rem',
    sort: 'newest',
    cell: ({ scannedAtMs }) => <Ago atMs={scannedAtMs} />,
  },
];

export function RegistryCard({ image }: { readonly image: RegistryImageJson }): ReactElement {
  return (
    <>
      <span className="clip">
        <ImageLink image={image} />
      </span>
      <span className="row spread">
        {image.state === 'complete' ? <Counts image={image} /> : <ImageStateMark state={image.state} />}
        <span className="small dim nowrap">
          <Ago atMs={image.scannedAtMs} />
        </span>
      </span>
      <span className="clip small">
        {image.reasons.length > 0 ? image.reasons.join(' ') : <RunsIn image={image} />}
      </span>
    </>
  );
}

/** The page of the image; of one that could not be scanned, its job says why. */
export function registryImagePath({ id, job }: RegistryImageJson): string {
  return id === undefined ? `/jobs/${encodeURIComponent(job)}` : imagePath(id);
}

function ImageLink({ image }: { readonly image: RegistryImageJson }): ReactElement {
  return (
    <Link to={registryImagePath(image)} className="vt-link mono" tabIndex={-1} title={image.image}>
      {image.repository}
      {image.tag.startsWith('sha256:') ? '@' : ':'}
      {image.tag} <span className="dim small">{image.registry}</span>
    </Link>
  );
}

function Counts({
  image: { state, vulnerabilities, reasons },
}: {
  readonly image: RegistryImageJson;
}): ReactElement {
  // A number that nobody knows is none: not 0.
  if (state === 'unknown')
    return (
      <span className="dim small" title={reasons.join(' ')}>
        {reasons[0] ?? '–'}
      </span>
    );
  return <VulnerabilityCounts counts={vulnerabilities} />;
}

function RunsIn({
  image: { workloads, workloadTotal },
}: {
  readonly image: RegistryImageJson;
}): ReactElement {
  const [first] = workloads;
  if (first === undefined) return <span className="dim small">runs nowhere</span>;
  return (
    <span
      className="small"
      title={workloads.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`).join('\n')}
    >
      <span className="mono">
        {first.namespace}/{first.name}
      </span>
      {workloadTotal > 1 && <span className="dim"> and {count(workloadTotal - 1)} more</span>}
    </span>
  );
}

function ScannedBy({ image: { job, schedule } }: { readonly image: RegistryImageJson }): ReactElement {
  return (
    <Link to={`/jobs/${encodeURIComponent(job)}`} className="small" tabIndex={-1} title={job}>
      {schedule || 'a job'}
    </Link>
  );
}
