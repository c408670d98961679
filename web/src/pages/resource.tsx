import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { useResource } from '../api/posture.ts';
import type { ResourceJson } from '../api/types.ts';
import { resourcePath, VerdictMark } from '../components/control-rows.tsx';
import { Loaded } from '../components/loaded.tsx';
import { RelationsPanel } from '../components/relations-panel.tsx';
import { SeverityMark } from '../components/severity.tsx';
import { Ago } from '../components/time.tsx';
import { imagesPlace, runsContainers, WorkloadImages } from '../components/workload-images.tsx';
import { YamlView } from '../components/yaml-view.tsx';
import { count, counted, objectName } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import { type UrlState, useUrlState } from '../hooks/use-url-state.ts';
import './finding.css';
import '../components/posture.css';

/** One object: every verdict on it, and what the chosen one points at in its YAML. */
export function Resource(): ReactElement {
  const url = useUrlState();
  const query = useResource(url.get('key'));
  useTitle(query.data === undefined ? 'Object' : objectName(query.data.object));
  return (
    <div className="page">
      <Link to="/verdicts" className="small">
        ← Verdicts
      </Link>
      <Loaded query={query} what="load this object">
        {(resource) => <Body resource={resource} url={url} />}
      </Loaded>
    </div>
  );
}

function Body({ resource, url }: { readonly resource: ResourceJson; readonly url: UrlState }): ReactElement {
  const { object, counts, verdicts, yaml, file } = resource;
  const chosen = verdicts.find(({ controlId }) => controlId === url.get('control')) ?? verdicts[0];
  const urgent = verdicts.filter(({ state }) => state !== 'pass' && state !== 'not-applicable');
  const rest = verdicts.filter(({ state }) => state === 'pass' || state === 'not-applicable');
  const choose = (control: string) => url.set({ control }, true);
  return (
    <>
      <header className="detail-head">
        <h1 className="wrap">{objectName(object)}</h1>
        <p className="dim small wrap">
          {count(counts.fail)} failed, {count(counts.unknown)} unknown, {count(counts.excepted)} excepted,{' '}
          {count(counts.pass)} passed
          {file !== undefined && (
            <>
              {' · '}
              <span className="mono">{file}</span>
            </>
          )}
          {' · '}
          <Link to={`/ledger?subject=${encodeURIComponent(resource.key)}`}>what happened to it</Link>
        </p>
      </header>
      <div className="detail">
        <section className="panel stack">
          <h2>{chosen === undefined ? 'As YAML' : chosen.control}</h2>
          {yaml === undefined ? (
            <p className="dim">There is no YAML to show: the object is gone, or is no Kubernetes object.</p>
          ) : (
            <YamlView
              yaml={yaml}
              marked={chosen?.lines.flat() ?? []}
              beside={chosen?.evidence[0]?.message ?? ''}
            />
          )}
        </section>
        <div className="stack">
          <section className="panel">
            <header>
              <h2>Verdicts</h2>
            </header>
            {urgent.length === 0 && <p className="dim">Nothing is wrong with it, as far as it was judged.</p>}
            {urgent.map((verdict) => (
              <Item
                key={verdict.controlId}
                verdict={verdict}
                isChosen={verdict === chosen}
                choose={() => choose(verdict.controlId)}
              />
            ))}
          </section>
          {rest.length > 0 && (
            <details className="panel">
              <summary>{count(rest.length)} passed or not applicable</summary>
              <ul className="plain-list small">
                {rest.map(({ controlId, control, state }) => (
                  <li key={controlId} className="row spread">
                    <Link to={`/controls/${controlId}`} className="clip">
                      {control}
                    </Link>
                    <VerdictMark state={state} />
                  </li>
                ))}
              </ul>
            </details>
          )}
        </div>
      </div>
      {runsContainers(object.kind) && yaml !== undefined && <WorkloadImages resource={resource.key} />}
      {yaml !== undefined && <RelationsPanel subject={resource.key} />}
      <History history={resource.history} />
    </>
  );
}

/** What was found on it, and what became of that. */
function History({ history }: Pick<ResourceJson, 'history'>): ReactElement | null {
  if (history.length === 0) return null;
  return (
    <section className="panel">
      <header>
        <h2>What was found on it</h2>
      </header>
      <ul className="plain-list">
        {history.map(({ finding, control, severity, path, openedMs, fixedAtMs, reappeared }) => (
          <li key={finding} className="row wraps">
            <SeverityMark severity={severity} />
            <Link to={`/findings/${finding}`}>{control}</Link>
            {path !== '' && <span className="small mono dim wrap">{path}</span>}
            <span className="small">
              opened <Ago atMs={openedMs} />
              {reappeared > 0 && `, came back ${counted(reappeared, 'time')}`}
              {fixedAtMs !== undefined && (
                <>
                  , mended <Ago atMs={fixedAtMs} />
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Item({
  verdict,
  isChosen,
  choose,
}: {
  readonly verdict: ResourceJson['verdicts'][number];
  readonly isChosen: boolean;
  readonly choose: () => void;
}): ReactElement {
  const { controlId, control, severity, state, reason, exception, evidence, findings, related, lines } =
    verdict;
  const [finding] = findings;
  return (
    <div className="verdict-item stack tight" data-chosen={isChosen || undefined}>
      <span className="row wraps">
        <VerdictMark state={state} />
        <SeverityMark severity={severity} />
      </span>
      <Link to={`/controls/${controlId}`} className="wrap">
        {control}
      </Link>
      {reason !== undefined && (
        <p className="small dim wrap">{exception === undefined ? reason : `${exception}: ${reason}`}</p>
      )}
      {evidence.map(({ message, path, stablePath }) => (
        <p key={`${stablePath} ${message}`} className="small wrap">
          {message} {path !== '' && <span className="mono dim">{path}</span>}
        </p>
      ))}
      {related.length > 0 && (
        <p className="small wrap">
          rests on{' '}
          {related.map(({ key, object }, index) => (
            <span key={key}>
              {index > 0 && ', '}
              <Link to={resourcePath(key)}>{objectName(object)}</Link>
            </span>
          ))}
        </p>
      )}
      <span className="row small">
        {lines.flat().length > 0 && (
          <button type="button" className="plain-button" aria-pressed={isChosen} onClick={choose}>
            Show in the YAML
          </button>
        )}
        {finding !== undefined && <Link to={`/findings/${finding}`}>How to mend it</Link>}
        {verdict.aboutImages && <a href={`#${imagesPlace}`}>What is known of its images</a>}
      </span>
    </div>
  );
}
