import type { ReactElement } from 'react';
import { Link, useParams } from 'react-router';
import { useMonitor } from '../api/monitoring.ts';
import type { MonitorDetailJson, MonitorStepJson } from '../api/types.ts';
import { resourcePath } from '../components/control-rows.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { HealthMark } from '../components/health-mark.tsx';
import { Loaded } from '../components/loaded.tsx';
import { MonitoringTabs } from '../components/monitoring-tabs.tsx';
import { Loading } from '../components/states.tsx';
import { YamlView } from '../components/yaml-view.tsx';
import { useTitle } from '../hooks/use-title.ts';

/** Why an object of the Prometheus operator is picked up, or why it is not, step by step. */
export function Monitor(): ReactElement {
  const { kind = '', namespace = '', name = '' } = useParams();
  useTitle(`${kind} ${namespace}/${name}`);
  const query = useMonitor(kind, namespace, name);
  return (
    <div className="page">
      <header>
        <h1 className="wrap">
          {kind} {namespace}/{name}
        </h1>
      </header>
      <MonitoringTabs />
      <Loaded
        query={query}
        what="load this object"
        loading={<Loading lines={10} label="Loading the object" />}
      >
        {(monitor) => <Detail monitor={monitor} />}
      </Loaded>
    </div>
  );
}

function Detail({ monitor }: { readonly monitor: MonitorDetailJson }): ReactElement {
  const { kind, namespace, name, state, answer, steps, jobs, yaml } = monitor;
  return (
    <>
      <section className="panel stack tight" aria-label="In short">
        <HealthMark state={state} />
        <p className="wrap">{answer}</p>
        <span className="row wraps small">
          <Link to={resourcePath(`monitoring.coreos.com/${kind}/${namespace}/${name}`)}>The object</Link>
          {jobs.map((job) => (
            <Link key={job} to={`/service-discovery?job=${encodeURIComponent(job)}`}>
              {job}
            </Link>
          ))}
          {kind === 'PrometheusRule' && (
            <Link to={`/rules?q=${encodeURIComponent(`prometheusRule/${namespace}/${name}`)}`}>
              Its rules
            </Link>
          )}
        </span>
      </section>
      <section className="panel stack" aria-label="Step by step">
        <h2>Step by step</h2>
        <ol className="steps">
          {steps.map((step, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a step has no other name than its place
            <Step key={index} step={step} />
          ))}
        </ol>
      </section>
      <section className="panel stack" aria-label="What it becomes">
        <div className="row spread">
          <h2>What it becomes</h2>
          <CopyButton text={yaml} label="Copy" />
        </div>
        <YamlView yaml={yaml} marked={[]} beside="" />
      </section>
    </>
  );
}

function Step({ step: { title, state, detail, items } }: { readonly step: MonitorStepJson }): ReactElement {
  return (
    <li data-state={state}>
      <span className="row wraps">
        <HealthMark state={state === 'unknown' ? 'cannot-tell' : state} />
        <strong>{title}</strong>
      </span>
      <span className="wrap">{detail}</span>
      {items.length > 0 && (
        <ul className="small dim wrap">
          {items.map((item) => (
            <li key={item}>{item}</li>
          ))}
        </ul>
      )}
    </li>
  );
}
