import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { useImageCounts } from '../api/images.ts';
import type { ImagesJson } from '../api/types.ts';
import { count } from '../format/words.ts';
import { OverviewPanel, Unknown } from './overview-panel.tsx';
import { StateMark } from './severity.tsx';
import { Ago } from './time.tsx';

/** Images in use in numbers, each with its list; what is not known is said, and never counted as well. */
export function OverviewImages(): ReactElement {
  return (
    <OverviewPanel title="Images" to="/images" lines={4} query={useImageCounts()}>
      {(images) => <Body images={images} />}
    </OverviewPanel>
  );
}

function Body({ images }: { readonly images: ImagesJson }): ReactElement {
  const { enabled, states, urgent, newsToday, data } = images;
  if (!enabled)
    return (
      <Unknown>
        No images are scanned here, so nobody knows what is in them.{' '}
        <Link to="/images">How to have them scanned</Link>
      </Unknown>
    );
  const all = Object.values(states).reduce((sum, one) => sum + one, 0);
  const judged = states.complete + states.partial;
  const pending = states.waiting + states.scanning;
  return (
    <>
      <dl className="facts small">
        <Row label="In use" to="/images" value={all} />
        {states.unknown > 0 && (
          <Row label="Nothing known" to="/images?state=unknown" value={states.unknown} />
        )}
        {states.partial > 0 && (
          <Row label="Known in part" to="/images?state=partial" value={states.partial} />
        )}
        {pending > 0 && (
          <Row label="Waiting, or being scanned" to="/images?state=waiting,scanning" value={pending} />
        )}
        <Urgent
          label="Known to be exploited"
          to="/images?only=exploited"
          value={urgent.knownExploited}
          judged={judged}
        />
        <Urgent
          label="Critical, can be fixed"
          to="/images?severity=critical&only=fixable"
          value={urgent.criticalFixable}
          judged={judged}
        />
        <Urgent
          label="High, can be fixed"
          to="/images?severity=high&only=fixable"
          value={urgent.highFixable}
          judged={judged}
        />
        <dt>New since yesterday</dt>
        <dd>
          {judged === 0 ? (
            <span className="dim">unknown</span>
          ) : (
            <Link to="/images/news?kind=new">{count(newsToday)}</Link>
          )}
        </dd>
        <dt>Vulnerability data</dt>
        <dd>
          <DataAge data={data} />
        </dd>
      </dl>
      {all === 0 && <p className="small dim">No container that runs an image has been seen yet.</p>}
      {all > judged && judged > 0 && (
        <p className="small dim">What the other {count(all - judged)} have is not known, and not counted.</p>
      )}
    </>
  );
}

/** A number that counts only what is known: where nothing is, it is unknown and not 0. */
function Urgent({
  judged,
  ...row
}: {
  readonly label: string;
  readonly to: string;
  readonly value: number;
  readonly judged: number;
}): ReactElement {
  if (judged === 0)
    return (
      <>
        <dt>{row.label}</dt>
        <dd className="dim">unknown</dd>
      </>
    );
  return <Row {...row} isBad={row.value > 0} />;
}

function Row({
  label,
  to,
  value,
  isBad = false,
}: {
  readonly label: string;
  readonly to: string;
  readonly value: number;
  readonly isBad?: boolean;
}): ReactElement {
  return (
    <>
      <dt>{label}</dt>
      <dd>
        <Link to={to}>{isBad ? <strong className="bad-text">{count(value)}</strong> : count(value)}</Link>
      </dd>
    </>
  );
}

function DataAge({ data: { state, problem, builtAtMs } }: Pick<ImagesJson, 'data'>): ReactElement {
  if (state === 'missing')
    return (
      <>
        <StateMark tone="bad" label="there is none" />: get it with <code>skopos db update</code>
      </>
    );
  const title = problem === '' ? undefined : problem;
  return (
    <span title={title}>
      {state === 'broken' && <StateMark tone="bad" label="cannot be read" />}
      {state === 'stale' && <StateMark tone="warn" label="old" />} {builtAtMs > 0 && <Ago atMs={builtAtMs} />}
    </span>
  );
}
