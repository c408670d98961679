import { Button } from '@mantine/core';
import { type ReactElement, useEffect, useMemo, useRef, useState } from 'react';
import { Link } from 'react-router';
import { foldFeed, kindOfKey, namespaceOfKey } from '../../../src/model/feed.ts';
import { useLiveFeed } from '../api/live.ts';
import { useLive } from '../api/live-events.ts';
import type { FacetJson, FeedItem, FeedVerdict } from '../api/types.ts';
import { resourcePath } from '../components/control-rows.tsx';
import { FacetFilter } from '../components/facet-filter.tsx';
import { stationLabel } from '../components/ledger.tsx';
import { decisionTone, stations } from '../components/ledger-row.ts';
import { Loaded } from '../components/loaded.tsx';
import { Segments } from '../components/segments.tsx';
import { StateMark } from '../components/severity.tsx';
import { Empty, Loading } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { UrlSearch } from '../components/url-filters.tsx';
import { absolute, clockTime, duration } from '../format/time.ts';
import { count, counted } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import { type UrlState, useUrlState } from '../hooks/use-url-state.ts';
import './live.css';

/** Changes that are kept; older ones are in the ledger. */
const mostItems = 200;
/** Verdicts that are shown of one change before one asks for more. */
const shownVerdicts = 6;

/** Every change as it comes, the verdicts that it brought about, and how long each hop took. */
export function Live(): ReactElement {
  useTitle('Live feed');
  const url = useUrlState();
  const query = useLiveFeed();
  return (
    <div className="page">
      <header>
        <h1>Live feed</h1>
        <span className="dim small">Changes, what they did to verdicts, and who was told</span>
      </header>
      <Loaded
        query={query}
        what="load the newest changes"
        loading={<Loading lines={12} label="Loading the feed" />}
      >
        {({ items }) => <Feed items={items} url={url} />}
      </Loaded>
    </div>
  );
}

function Feed({ items, url }: { readonly items: readonly FeedItem[]; readonly url: UrlState }): ReactElement {
  const { set } = url;
  const { items: all, waiting, isPaused, setPaused } = useFeed(items);
  const q = url.get('q').toLowerCase();
  const [namespaces, kinds] = [url.list('namespace'), url.list('kind')];
  const only = url.get('only');
  const fits = (item: FeedItem, isOf: readonly string[], value: (key: string) => string) =>
    isOf.length === 0 || isOf.includes(value(item.key));
  const shown = all.filter(
    (item) =>
      (only === '' ||
        item.verdicts.some(({ state }) => only !== 'worse' || state === 'fail' || state === 'unknown')) &&
      fits(item, namespaces, namespaceOfKey) &&
      fits(item, kinds, kindOfKey) &&
      (q === '' || words(item).includes(q)),
  );
  return (
    <>
      <div className="filters">
        <Button
          size="compact-sm"
          variant={isPaused ? 'filled' : 'default'}
          onClick={() => setPaused(!isPaused)}
        >
          {isPaused ? `Go on (${count(waiting)} waiting)` : 'Pause'}
        </Button>
        <UrlSearch url={url} label="Search changes" />
        <Segments
          label="Which changes"
          choices={[
            { value: '', label: 'All' },
            { value: 'verdicts', label: 'With verdicts' },
            { value: 'worse', label: 'Failed or unknown' },
          ]}
          value={only}
          onChange={(value) => set({ only: value })}
        />
        <FacetFilter
          label="Namespace"
          facets={facetsOf(all, namespaceOfKey)}
          chosen={namespaces}
          onChange={(namespace) => set({ namespace })}
        />
        <FacetFilter
          label="Kind"
          facets={facetsOf(all, kindOfKey)}
          chosen={kinds}
          onChange={(kind) => set({ kind })}
        />
        <span className="dim small" role="status">
          {counted(shown.length, 'change')} of the newest {count(all.length)}
        </span>
      </div>
      <List shown={shown} all={all.length} url={url} />
    </>
  );
}

function List({
  shown,
  all,
  url,
}: {
  readonly shown: readonly FeedItem[];
  readonly all: number;
  readonly url: UrlState;
}): ReactElement {
  if (shown.length > 0) {
    return (
      <ol className="live">
        {shown.map((item) => (
          <Change key={item.cause} item={item} />
        ))}
      </ol>
    );
  }
  return all > 0 ? (
    <Empty title="No change is like that">
      <Button
        size="xs"
        variant="default"
        onClick={() => url.set({ q: '', only: '', namespace: '', kind: '' })}
      >
        Clear the filters
      </Button>
    </Empty>
  ) : (
    <Empty title="Nothing has changed yet">
      <p>Apply something to the cluster, or save a manifest: it appears here with its verdicts.</p>
    </Empty>
  );
}

/** What was loaded, and what has come since; nothing moves while it is paused. */
function useFeed(loaded: readonly FeedItem[]) {
  const { rows } = useLive();
  const [isPaused, setPaused] = useState(false);
  const folded = useMemo(() => foldFeed(rows, loaded, mostItems), [rows, loaded]);
  const kept = useRef(folded);
  useEffect(() => {
    if (!isPaused) kept.current = folded;
  }, [folded, isPaused]);
  const items = isPaused ? kept.current : folded;
  const held = new Set(items.map(({ cause }) => cause));
  const waiting = isPaused ? folded.filter(({ cause }) => !held.has(cause)).length : 0;
  return { items, waiting, isPaused, setPaused };
}

function Change({ item }: { readonly item: FeedItem }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const { cause, atMs, key, object, decision, verdicts, findings, told } = item;
  const most = isOpen ? verdicts.length : shownVerdicts;
  return (
    <li className="panel arrive">
      <div className="row wraps spread">
        <span className="row wraps">
          <StateMark tone={decision === 'deleted' ? 'warn' : 'neutral'} label={decision} />
          <Link to={resourcePath(key)} className="wrap">
            {object === '' ? key : object}
          </Link>
          {Object.entries(findings).map(([what, number]) => (
            <span key={what} className="small">
              <StateMark tone={decisionTone(what)} label={`${count(number)} ${what}`} />
            </span>
          ))}
        </span>
        <span className="row small dim">
          <span className="mono" title={absolute(atMs)}>
            {clockTime(atMs)}
          </span>
          <Ago atMs={atMs} />
          <Link to={`/ledger?cause=${encodeURIComponent(cause)}`}>story</Link>
        </span>
      </div>
      {verdicts.length > 0 && (
        <ul className="live-verdicts">
          {verdicts.slice(0, most).map((verdict) => (
            <Verdict key={`${verdict.controlId} ${verdict.subject}`} verdict={verdict} changed={key} />
          ))}
        </ul>
      )}
      {verdicts.length > shownVerdicts && (
        <button type="button" className="plain-button small" onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Show fewer' : `Show all ${count(verdicts.length)} verdicts`}
        </button>
      )}
      <Hops item={item} />
      {told.map(({ receiver, decision: outcome, afterMs }) => (
        <span key={`${receiver} ${outcome} ${afterMs}`} className="small">
          <StateMark tone={decisionTone(outcome)} label={`${receiver}: ${outcome}`} />{' '}
          <span className="dim">after {duration(afterMs)}</span>
        </span>
      ))}
    </li>
  );
}

function Verdict({
  verdict: { controlId, subject, object, state, before },
  changed,
}: {
  readonly verdict: FeedVerdict;
  readonly changed: string;
}): ReactElement {
  return (
    <li className="row wraps small">
      <StateMark tone={state === 'pass' ? 'good' : decisionTone(state)} label={state} />
      <Link to={`/controls/${controlId}`} className="mono">
        {controlId}
      </Link>
      {before !== undefined && <span className="dim">was {before}</span>}
      {subject !== changed && (
        <span className="wrap">
          on <Link to={resourcePath(subject)}>{object}</Link>
        </span>
      )}
    </li>
  );
}

/** When each station was first reached, in the order of the chain. */
function Hops({ item: { hops } }: { readonly item: FeedItem }): ReactElement | null {
  const reached = stations.filter(({ hop }) => hop !== 'change' && hops[hop] !== undefined);
  if (reached.length === 0) return null;
  return (
    <ol className="live-hops" aria-label="Time to each hop">
      {reached.map(({ hop }) => (
        <li key={hop}>
          <span className="dim">{stationLabel(hop)}</span>{' '}
          <span className="mono">+{duration(hops[hop] ?? 0)}</span>
        </li>
      ))}
    </ol>
  );
}

function words({ object, key, cause, decision, verdicts }: FeedItem): string {
  const said = verdicts.map(({ controlId, object: of, state }) => `${controlId} ${of} ${state}`).join(' ');
  return `${object} ${key} ${cause} ${decision} ${said}`.toLowerCase();
}

function facetsOf(items: readonly FeedItem[], value: (key: string) => string): readonly FacetJson[] {
  const counts = new Map<string, number>();
  for (const { key } of items) counts.set(value(key), (counts.get(value(key)) ?? 0) + 1);
  counts.delete('');
  return [...counts]
    .map(([name, number]) => ({ value: name, label: name, count: number }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}
