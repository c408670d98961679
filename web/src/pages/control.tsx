import type { ReactElement } from 'react';
import { Link, useParams } from 'react-router';
import { useControl, useVerdicts } from '../api/posture.ts';
import type { ControlDetailJson } from '../api/types.ts';
import { Counts, resourcePath, VerdictMark } from '../components/control-rows.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Prose } from '../components/prose.tsx';
import { SeverityMark } from '../components/severity.tsx';
import { YamlView } from '../components/yaml-view.tsx';
import { objectName, percent } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import './finding.css';

/** One control: why it matters, how it is mended, who fails it. */
export function Control(): ReactElement {
  const { id = '' } = useParams();
  const query = useControl(id);
  useTitle(query.data?.name ?? id);
  return (
    <div className="page">
      <Link to="/controls" className="small">
        ← Controls
      </Link>
      <Loaded query={query} what="load this control">
        {(control) => <Body control={control} />}
      </Loaded>
    </div>
  );
}

function Body({ control }: { readonly control: ControlDetailJson }): ReactElement {
  const { honest, examples } = control;
  const [bad] = examples.fail;
  const [good] = examples.pass;
  return (
    <>
      <header className="detail-head">
        <span className="row wraps">
          <SeverityMark severity={control.severity} badge />
          <VerdictMark state={control.state} />
          <span className="mono dim small">{control.id}</span>
        </span>
        <h1>{control.name}</h1>
        <Counts counts={control.counts} query={`control=${control.id}`} />
      </header>
      <div className="detail">
        <div className="stack">
          <Who id={control.id} />
          {bad !== undefined && (
            <section className="panel stack tight">
              <h2>An example that fails</h2>
              <YamlView yaml={bad.yaml} marked={[]} beside="" label="The example that fails" />
              {bad.paths.length > 0 && <p className="mono small wrap">{bad.paths.join(', ')}</p>}
            </section>
          )}
          {good !== undefined && (
            <section className="panel stack tight">
              <h2>An example that passes</h2>
              <YamlView yaml={good} marked={[]} beside="" label="The example that passes" />
            </section>
          )}
        </div>
        <div className="stack">
          <section className="panel stack tight">
            <h2>Why it matters</h2>
            <Prose text={control.why} />
          </section>
          <section className="panel stack tight">
            <h2>How to mend it</h2>
            <Prose text={control.fix} />
          </section>
          <section className="panel stack tight">
            <h2>About</h2>
            <dl className="defs small">
              <dt>Score</dt>
              <dd>
                {percent(control.compliance)} as Kubescape counts,{' '}
                {honest === undefined ? 'none strictly' : `${percent(honest)} strictly`}
              </dd>
              <dt>Weight</dt>
              <dd>{control.baseScore} of 10</dd>
              <dt>Category</dt>
              <dd>{control.category}</dd>
              <dt>Frameworks</dt>
              <dd>
                {control.frameworks.map(({ name, number }) => (
                  <div key={name}>
                    <Link to={`/frameworks/${encodeURIComponent(name)}`}>{name}</Link> {number}
                  </div>
                ))}
              </dd>
            </dl>
          </section>
        </div>
      </div>
    </>
  );
}

const mostShown = 20;

/** Who fails it, or could not be judged. */
function Who({ id }: { readonly id: string }): ReactElement {
  const failing = useVerdicts({ state: 'fail', control: id, limit: mostShown });
  const unknown = useVerdicts({ state: 'unknown', control: id, limit: mostShown });
  return (
    <>
      {[
        { query: failing, state: 'fail', title: 'Who fails it', none: 'No object fails it.' },
        { query: unknown, state: 'unknown', title: 'What could not be judged', none: '' },
      ].map(({ query, state, title, none }) =>
        none === '' && (query.data?.total ?? 0) === 0 ? null : (
          <section key={state} className="panel">
            <header>
              <h2>{title}</h2>
              {(query.data?.total ?? 0) > mostShown && (
                <Link className="small" to={`/verdicts?state=${state}&control=${id}`}>
                  All {query.data?.total}
                </Link>
              )}
            </header>
            <Loaded query={query} what="load the verdicts">
              {({ items }) =>
                items.length === 0 ? (
                  <p className="dim">{none}</p>
                ) : (
                  <ul className="plain-list">
                    {items.map(({ key, object, reason, evidence }) => (
                      <li key={key} className="wrap">
                        <Link to={resourcePath(key)}>{objectName(object)}</Link>{' '}
                        <span className="dim small">{reason ?? evidence[0]?.message}</span>
                      </li>
                    ))}
                  </ul>
                )
              }
            </Loaded>
          </section>
        ),
      )}
    </>
  );
}
