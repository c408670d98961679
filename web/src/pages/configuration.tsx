import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { useConfiguration } from '../api/monitoring.ts';
import type { ConfigurationJson } from '../api/types.ts';
import { CopyButton } from '../components/copy-button.tsx';
import { Loaded } from '../components/loaded.tsx';
import { MonitoringTabs } from '../components/monitoring-tabs.tsx';
import { Segments } from '../components/segments.tsx';
import { StateMark } from '../components/severity.tsx';
import { Empty, Loading } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { DiffView, YamlView } from '../components/yaml-view.tsx';
import { useTitle } from '../hooks/use-title.ts';
import { useUrlState } from '../hooks/use-url-state.ts';

/** The configuration that runs, what the last reload changed, and how reloads went. */
export function Configuration(): ReactElement {
  useTitle('Configuration');
  const query = useConfiguration();
  return (
    <div className="page">
      <header>
        <h1>Configuration</h1>
      </header>
      <MonitoringTabs />
      <Loaded
        query={query}
        what="load the configuration"
        loading={<Loading lines={12} label="Loading the configuration" />}
      >
        {(configuration) => (
          <>
            <State configuration={configuration} />
            <Documents configuration={configuration} />
            <History configuration={configuration} />
          </>
        )}
      </Loaded>
    </div>
  );
}

function State({ configuration }: { readonly configuration: ConfigurationJson }): ReactElement {
  const { ok, message, loadedAtMs, unsupported } = configuration;
  return (
    <section className="panel stack tight" aria-label="State">
      <span className="row wraps">
        <StateMark tone={ok ? 'good' : 'bad'} label={ok ? 'in force' : 'the last reload was refused'} />
        <span className="dim small">
          what runs was accepted <Ago atMs={loadedAtMs} />
        </span>
      </span>
      {message !== '' && (
        <p className={ok ? 'warning wrap' : 'bad-text wrap'} role="status">
          {message}
        </p>
      )}
      {unsupported.length > 0 && (
        <div className="warning">
          <p>
            These kinds of discovery are not supported: their sections find no targets, and stop nothing else.
          </p>
          <ul className="small linked">
            {unsupported.map(({ job, kind }) => (
              <li key={`${job} ${kind}`}>
                <Link to={`/service-discovery?job=${encodeURIComponent(job)}`}>{job}</Link>: {kind}_sd_configs
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}

function Documents({
  configuration: { documents },
}: {
  readonly configuration: ConfigurationJson;
}): ReactElement {
  const { get, set } = useUrlState();
  const shown = documents.find(({ name }) => name === get('file')) ?? documents.at(-1);
  if (shown === undefined)
    return (
      <Empty title="There is no configuration file">
        <p>
          Skopos runs with its defaults and flags. Put a <code>skopos.yaml</code> where it is started, or name
          one with <code>--config</code>.
        </p>
      </Empty>
    );
  const { path, text, diff } = shown;
  const isDiff = get('view') === 'diff';
  return (
    <section className="panel stack" aria-label="Files">
      <div className="row spread wraps">
        <span className="row wraps">
          <Segments
            label="File"
            value={shown.name}
            onChange={(file) => set({ file })}
            choices={documents.map(({ name }) => ({ value: name, label: name }))}
          />
          <Segments
            label="View"
            value={isDiff ? 'diff' : ''}
            onChange={(view) => set({ view })}
            choices={[
              { value: '', label: 'As it runs' },
              { value: 'diff', label: 'Changed by the last reload' },
            ]}
          />
        </span>
        <CopyButton text={isDiff ? (diff ?? '') : text} label="Copy" />
      </div>
      <p className="small dim wrap">{path}, without comments; secrets are not shown</p>
      {!isDiff && <YamlView yaml={text} marked={[]} beside="" label="The file" />}
      {isDiff && diff === undefined && <p className="dim">Nothing was reloaded since the start.</p>}
      {isDiff && diff === '' && <p className="dim">The last reload changed nothing in this file.</p>}
      {isDiff && diff !== undefined && diff !== '' && (
        <DiffView patch={diff} label="What the last reload changed" />
      )}
    </section>
  );
}

function History({
  configuration: { history },
}: {
  readonly configuration: ConfigurationJson;
}): ReactElement {
  return (
    <section className="panel stack" aria-label="Reloads">
      <h2>Reloads</h2>
      <ol className="steps">
        {history.map(({ atMs, ok, message }, index) => (
          <li key={atMs} data-state={ok ? 'ok' : 'failed'}>
            <span className="row wraps small">
              <StateMark tone={ok ? 'good' : 'bad'} label={ok ? 'accepted' : 'refused'} />
              <span className="dim">
                {index === history.length - 1 && ok && 'at the start, '}
                <Ago atMs={atMs} />
              </span>
            </span>
            {message !== '' && <span className="small wrap">{message}</span>}
          </li>
        ))}
      </ol>
    </section>
  );
}
