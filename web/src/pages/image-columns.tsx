import type { ReactElement } from 'react';
import { Link } from 'react-router';
import type { ImageJson } from '../api/types.ts';
import {
  fixableOf,
  ImageStateMark,
  imagePath,
  isJudged,
  RunsIn,
  riskText,
  VulnerabilityCounts,
} from '../components/image-marks.tsx';
import { Ago } from '../components/time.tsx';
import type { Column } from '../components/virtual-table.tsx';
import { count } from '../format/words.ts';

export const imageColumns: readonly Column<ImageJson>[] = [
  {
    key: 'image',
    label: 'Image',
    width: 'minmax(0, 1.6fr)',
    sort: 'name',
    first: 'asc',
    cell: (image) => <ImageLink image={image} />,
  },
  {
    key: 'state',
    label: 'Scan',
    width: '7.4rem',
    cell: ({ state, reasons }) => <ImageStateMark state={state} reasons={reasons} />,
  },
  {
    key: 'risk',
    label: 'Risk',
    width: '4.5rem',
    sort: 'risk',
    cell: (image) => <Known image={image}>{riskText(image.risk)}</Known>,
  },
  {
    key: 'severity',
    label: 'Vulnerabilities',
    width: '13rem',
    sort: 'severity',
    cell: (image) => (
      <Known image={image}>
        <VulnerabilityCounts counts={image.vulnerabilities} />
      </Known>
    ),
  },
  {
    key: 'fixable',
    label: 'Fixable',
    width: '5rem',
    sort: 'fixable',
    cell: (image) => <Known image={image}>{count(fixableOf(image))}</Known>,
  },
  {
    key: 'exploited',
    label: 'Exploited',
    width: '5.6rem',
    sort: 'exploited',
    cell: (image) => (
      <Known image={image}>
        {image.knownExploited === 0 ? (
          <span className="dim">0</span>
        ) : (
          <strong className="bad-text">{count(image.knownExploited)}</strong>
        )}
      </Known>
    ),
  },
  {
    key: 'age',
    label: 'Built',
    width: '5.6rem',
    sort: 'age',
    cell: ({ builtAtMs }) =>
      builtAtMs === undefined ? <span className="dim">–</span> : <Ago atMs={builtAtMs} />,
  },
  {
    key: 'uses',
    label: 'Runs in',
    width: 'minmax(0, 1.1fr)',
    sort: 'uses',
    cell: ({ workloads }) => <RunsIn workloads={workloads} />,
  },
];

export function ImageCard({ image }: { readonly image: ImageJson }): ReactElement {
  return (
    <>
      <span className="clip">
        <ImageLink image={image} />
      </span>
      <span className="row spread">
        {isJudged(image) ? (
          <VulnerabilityCounts counts={image.vulnerabilities} />
        ) : (
          <ImageStateMark state={image.state} />
        )}
        <span className="small dim nowrap">{isJudged(image) ? `risk ${riskText(image.risk)}` : ''}</span>
      </span>
      <span className="clip small">
        <RunsIn workloads={image.workloads} />
      </span>
    </>
  );
}

function ImageLink({ image: { id, names, reference, digest } }: { readonly image: ImageJson }): ReactElement {
  return (
    <Link
      to={imagePath(id)}
      className="vt-link mono"
      tabIndex={-1}
      title={[...names, reference, digest].filter((text) => text !== undefined).join('\n')}
    >
      {names[0] ?? reference}
    </Link>
  );
}

/** A number that nobody knows is none: not 0. */
function Known({
  image,
  children,
}: {
  readonly image: ImageJson;
  readonly children: ReactElement | string;
}): ReactElement {
  return isJudged(image) ? <>{children}</> : <span className="dim">–</span>;
}
