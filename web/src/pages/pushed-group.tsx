import { Button } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import {
  type PushedFamilyJson,
  type PushedGroupDetailJson,
  usePushedGroup,
  useRemovePushed,
} from '../api/pushed.ts';
import { Loaded } from '../components/loaded.tsx';
import { MonitoringTabs } from '../components/monitoring-tabs.tsx';
import { PushedMark } from '../components/pushed-mark.tsx';
import { Loading } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { duration } from '../format/time.ts';
import { count, counted } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import { useUrlState } from '../hooks/use-url-state.ts';

/** One group of pushed metrics: what it has, since when, and how to be rid of it. */
export function PushedGroup(): ReactElement {
  const path = useUrlState().get('path');
  useTitle(path);
  const query = usePushedGroup(path);
  return (
    <div className="page">
      <header>
        <h1 className="wrap">{path}</h1>
      </header>
      <MonitoringTabs />
      <Loaded query={query} what="load this group" loading={<Loading lines={10} label="Loading the group" />}>
        {(group) => (
          <>
            <Facts group={group} />
            {group.parts.map((family) => (
              <Family key={family.name} family={family} group={group} />
            ))}
          </>
        )}
      </Loaded>
    </div>
  );
}

function Facts({ group }: { readonly group: PushedGroupDetailJson }): ReactElement {
  const { state, labels, pushedAtMs, failedAtMs, timeToLiveMs, families, series, path } = group;
  return (
    <section className="panel stack" aria-label="In short">
      <div className="row spread wraps">
        <PushedMark state={state} />
        <Remove path={path} />
      </div>
      <dl className="facts">
        {Object.entries(labels).map(([name, value]) => (
          <Fact key={name} name={name}>
            <code className="wrap">{value === '' ? '""' : value}</code>
          </Fact>
        ))}
        <Fact name="Last taken">{pushedAtMs === undefined ? 'never' : <Ago atMs={pushedAtMs} />}</Fact>
        <Fact name="Last refused">{failedAtMs === undefined ? 'never' : <Ago atMs={failedAtMs} />}</Fact>
        <Fact name="A push counts for">{timeToLiveMs === undefined ? 'ever' : duration(timeToLiveMs)}</Fact>
        <Fact name="Has">
          {counted(families, 'metric')}, {counted(series, 'series', 'series')}
        </Fact>
      </dl>
      {state === 'refused' && (
        <p>The last push was refused: whoever pushed it was told why. What was there before still counts.</p>
      )}
      {state === 'stale' && (
        <p>The last push is older than it may be: nothing of it counts until the job pushes again.</p>
      )}
    </section>
  );
}

function Fact({
  name,
  children,
}: {
  readonly name: string;
  readonly children: React.ReactNode;
}): ReactElement {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** Asks once more, since what is gone cannot be had back. */
function Remove({ path }: { readonly path: string }): ReactElement {
  const [isAsked, setAsked] = useState(false);
  const navigate = useNavigate();
  const removing = useRemovePushed(path);
  if (!isAsked)
    return (
      <Button size="xs" variant="default" onClick={() => setAsked(true)}>
        Remove this group
      </Button>
    );
  return (
    <span className="row wraps">
      <span role="status">
        {removing.error === null
          ? 'Its series end at once.'
          : `It could not be removed: ${removing.error.message}`}
      </span>
      <Button
        size="xs"
        color="red"
        loading={removing.isPending}
        onClick={() => removing.mutate(undefined, { onSuccess: () => void navigate('/pushed') })}
      >
        Remove it
      </Button>
      <Button size="xs" variant="default" onClick={() => setAsked(false)}>
        Keep it
      </Button>
    </span>
  );
}

function Family({
  family: { name, type, help, atMs, series, total },
  group,
}: {
  readonly family: PushedFamilyJson;
  readonly group: PushedGroupDetailJson;
}): ReactElement {
  return (
    <section
      className={group.state === 'stale' ? 'panel stack tight stale' : 'panel stack tight'}
      aria-label={name}
    >
      <div className="row spread wraps">
        <h2 className="wrap">{name}</h2>
        <span className="small dim">
          {type}, pushed <Ago atMs={atMs} />
        </span>
      </div>
      {help !== '' && <p className="dim small">{help}</p>}
      <table className="plain-table small">
        <tbody>
          {series.map((one) => {
            const text = ownText(one, name, group);
            return (
              <tr key={text}>
                <td className="mono">{text}</td>
                <td className="number mono">{one.value}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <span className="row spread wraps small">
        {total > series.length && (
          <span className="dim">
            and {count(total - series.length)} more of {counted(total, 'series', 'series')}
          </span>
        )}
        <Link to={`/query?g0.expr=${encodeURIComponent(selectorOf(series[0]?.name ?? name))}`}>Query</Link>
      </span>
    </section>
  );
}

/** What tells a series from the others of its family: the labels that are not those of the group, and `_sum` or the like. */
function ownText(
  { name, labels }: PushedFamilyJson['series'][number],
  family: string,
  group: PushedGroupDetailJson,
): string {
  const own = Object.entries(labels).filter(([label, value]) => value !== '' && !(label in group.labels));
  const pairs = own.map(([label, value]) => `${label}=${JSON.stringify(value)}`).join(', ');
  return `${name.slice(family.length)}${pairs === '' ? '' : `{${pairs}}`}` || 'no labels of its own';
}

function selectorOf(name: string): string {
  return /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name) ? name : `{${JSON.stringify(name)}}`;
}
