import type { ReactElement } from 'react';
import { Link } from 'react-router';
import type { RegistryImageJson } from '../api/types.ts';
import { ImageStateMark, imagePath, RunsIn, VulnerabilityCounts } from '../components/image-marks.tsx';
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
    key: 'platform',
    label: 'Platform',
    width: '7rem',
    cell: ({ platform, id }) => (
      <span className="small" title={id}>
        {platform || '–'}
      </span>
    ),
  },
  {
    key: 'state',
    label: 'Scan',
    width: '7.4rem',
    cell: ({ state, reasons }) => <ImageStateMark state={state} reasons={reasons} />,
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
    key: 'runs',
    label: 'Runs in',
    width: 'minmax(0, 1fr)',
    cell: (image) => <RunsWhere image={image} />,
  },
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
        <span className="dim">{image.platform}</span>{' '}
        {image.reasons.length > 0 ? image.reasons.join(' ') : <RunsWhere image={image} />}
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

function RunsWhere({
  image: { workloads, workloadTotal },
}: {
  readonly image: RegistryImageJson;
}): ReactElement {
  return <RunsIn workloads={workloads} total={workloadTotal} none="runs nowhere" />;
}

function ScannedBy({ image: { job, schedule } }: { readonly image: RegistryImageJson }): ReactElement {
  return (
    <Link to={`/jobs/${encodeURIComponent(job)}`} className="small" tabIndex={-1} title={job}>
      {schedule || 'a job'}
    </Link>
  );
}
