import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { useWorkloadImages } from '../api/images.ts';
import type { WorkloadImagesJson } from '../api/types.ts';
import { count } from '../format/words.ts';
import {
  cvePath,
  Exploited,
  fixableOf,
  ImageStateMark,
  imagePath,
  isJudged,
  ScanProgress,
  VulnerabilityCounts,
} from './image-marks.tsx';
import { Loaded } from './loaded.tsx';
import { SeverityMark, StateMark } from './severity.tsx';
import { Loading } from './states.tsx';
import { Ago } from './time.tsx';
import './workload-images.css';

/** Where in the page of an object its images are. */
export const imagesPlace = 'images';

const kinds = new Set([
  ...['Pod', 'Deployment', 'ReplicaSet', 'ReplicationController'],
  ...['DaemonSet', 'StatefulSet', 'Job', 'CronJob'],
]);

export function runsContainers(kind: string): boolean {
  return kinds.has(kind);
}

/** What each container of an object runs, what is known of that, and what was found in it last. */
export function WorkloadImages({ resource }: { readonly resource: string }): ReactElement {
  const query = useWorkloadImages(resource);
  return (
    <section className="panel stack" id={imagesPlace} aria-label="Images">
      <header>
        <h2>Images</h2>
      </header>
      <Loaded query={query} what="load its images" loading={<Loading lines={3} label="Loading its images" />}>
        {(images) => <Body images={images} />}
      </Loaded>
    </section>
  );
}

function Body({ images }: { readonly images: WorkloadImagesJson }): ReactElement {
  const { enabled, containers, newest, data } = images;
  return (
    <>
      {!enabled && (
        <p className="small">
          No images are scanned here, so nobody knows what is in them.{' '}
          <Link to="/images">How to have them scanned</Link>
        </p>
      )}
      {enabled && data.state !== 'ready' && (
        <p className="small">
          <StateMark
            tone={data.state === 'stale' ? 'warn' : 'bad'}
            label={`The vulnerability data is ${data.state}`}
          />
          {data.builtAtMs > 0 && (
            <>
              , of <Ago atMs={data.builtAtMs} />
            </>
          )}
          . {data.problem} Get it with <code>skopos db update</code>.
        </p>
      )}
      <ul className="workload-images">
        {containers.map((container) => (
          <li key={container.name} className="stack tight">
            <span className="row wraps">
              <strong>{container.name}</strong> <span className="mono small wrap">{container.image}</span>
            </span>
            {container.images.map((image) => (
              <ImageRow key={`${image.reference} ${image.platform}`} image={image} />
            ))}
            {container.images.length === 0 && (
              <p className="small">
                <StateMark tone="plain" label="Not scanned" />:{' '}
                {enabled ? container.why : 'no images are scanned here'}
              </p>
            )}
          </li>
        ))}
        {containers.length === 0 && <li className="dim">It names no containers.</li>}
      </ul>
      {newest.length > 0 && <Newest newest={newest} />}
    </>
  );
}

function ImageRow({
  image,
}: {
  readonly image: WorkloadImagesJson['containers'][number]['images'][number];
}): ReactElement {
  const { id, digest, platform, state, reasons, progress, knownExploited, matchedAtMs } = image;
  return (
    <div className="stack tight">
      <span className="row wraps small">
        <ImageStateMark state={state} />
        <Link to={imagePath(id)} className="mono wrap">
          {digest ?? image.reference}
        </Link>
        <span className="dim">{platform}</span>
        {matchedAtMs !== undefined && (
          <span className="dim">
            judged <Ago atMs={matchedAtMs} />
          </span>
        )}
      </span>
      {isJudged(image) && (
        <span className="row wraps small">
          <VulnerabilityCounts counts={image.vulnerabilities} />
          <span>{count(fixableOf(image))} fixable</span>
          {knownExploited > 0 && (
            <span>
              {count(knownExploited)} <Exploited />
            </span>
          )}
        </span>
      )}
      {progress !== undefined && <ScanProgress progress={progress} />}
      {reasons.length > 0 && <p className="small dim wrap">{reasons.join(' ')}</p>}
    </div>
  );
}

function Newest({ newest }: Pick<WorkloadImagesJson, 'newest'>): ReactElement {
  return (
    <div className="stack tight">
      <h3 className="small">Found last</h3>
      <ul className="plain-list small">
        {newest.map((one) => (
          <li key={`${one.repository} ${one.vulnerability} ${one.packageName}`} className="row wraps">
            <SeverityMark severity={one.severity} />
            <Link to={cvePath(one.vulnerability)} className="mono">
              {one.vulnerability}
            </Link>
            {one.knownExploited && <Exploited />}
            <span className="wrap">
              <span className="mono">
                {one.packageName} {one.installed}
              </span>
              {one.fixedIn === '' ? (
                <span className="dim">, nothing is known to fix it</span>
              ) : (
                <>
                  , fixed in <span className="mono">{one.fixedIn}</span>
                </>
              )}
            </span>
            <span className="dim">
              {one.isBaseline ? 'there when watching began, ' : 'since '}
              <Ago atMs={one.firstSeenMs} />
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
