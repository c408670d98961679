import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { useFrameworks } from '../api/posture.ts';
import type { FrameworkJson, FrameworksJson } from '../api/types.ts';
import { Loaded } from '../components/loaded.tsx';
import { PostureTabs } from '../components/posture-tabs.tsx';
import { StackedBar } from '../components/stacked-bar.tsx';
import { Empty } from '../components/states.tsx';
import { counted, percent } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import '../components/posture.css';

/** Where we stand, by framework: the score as Kubescape counts it, and strictly. */
export function Frameworks(): ReactElement {
  useTitle('Frameworks');
  const query = useFrameworks();
  return (
    <div className="page">
      <header>
        <h1>Frameworks</h1>
      </header>
      <PostureTabs />
      <Loaded query={query} what="load the frameworks">
        {(data) => <Body data={data} />}
      </Loaded>
    </div>
  );
}

function Body({ data }: { readonly data: FrameworksJson }): ReactElement {
  return (
    <>
      {data.items.length === 0 && <Empty title="No framework is judged" />}
      <div className="frameworks">
        {data.items.map((framework) => (
          <section key={framework.name} className="panel stack">
            <header>
              <h2>
                <Link to={`/frameworks/${encodeURIComponent(framework.name)}`}>{framework.name}</Link>
              </h2>
              {framework.managed !== undefined && <span className="small dim">for {framework.managed}</span>}
            </header>
            <p className="small dim">{framework.title}</p>
            <TwoScores framework={framework} />
            <ControlBar framework={framework} />
          </section>
        ))}
      </div>
      {data.others.length > 0 && (
        <section className="panel stack tight">
          <h2>Not judged here</h2>
          <p className="small dim">
            Name any of them under <code>posture.frameworks</code> in the configuration to have it judged.
          </p>
          <p className="small wrap">{data.others.map(({ name }) => name).join(', ')}</p>
        </section>
      )}
    </>
  );
}

export function TwoScores({ framework }: { readonly framework: FrameworkJson }): ReactElement {
  const { compliance, honest } = framework;
  return (
    <div className="two-scores">
      <span>
        <strong>{percent(compliance)}</strong>
        <span className="small dim">as Kubescape counts</span>
      </span>
      <span>
        <strong>{honest === undefined ? 'none' : percent(honest)}</strong>
        <span className="small dim">
          {honest === undefined ? 'strictly: nothing could be judged' : 'strictly'}
        </span>
      </span>
    </div>
  );
}

/** The controls of a framework by state; each number leads to its list. */
export function ControlBar({ framework }: { readonly framework: FrameworkJson }): ReactElement {
  const { name, controls } = framework;
  const to = (state: string) => `/controls?framework=${encodeURIComponent(name)}&state=${state}`;
  return (
    <StackedBar
      label={counted(
        Object.values(controls).reduce((sum, each) => sum + each, 0),
        'control',
      )}
      shares={[
        { key: 'pass', label: 'Passed', value: controls.pass, fill: 'fill-pass', to: to('pass') },
        { key: 'fail', label: 'Failed', value: controls.fail, fill: 'fill-fail', to: to('fail') },
        {
          key: 'unknown',
          label: 'Unknown',
          value: controls.unknown,
          fill: 'fill-unknown',
          to: to('unknown'),
        },
        {
          key: 'none',
          label: 'Nothing to judge',
          value: controls['not-applicable'],
          fill: 'fill-none',
          to: to('not-applicable'),
        },
      ]}
    />
  );
}
