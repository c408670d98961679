import { Button, Checkbox, Select, Textarea } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { Link } from 'react-router';
import { usePreviewTemplate, useReceivers, useTestReceiver } from '../api/alerting.ts';
import { useAlerts } from '../api/queries.ts';
import type { ReceiverJson } from '../api/types.ts';
import { AlertingTabs } from '../components/alerting-tabs.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Peers } from '../components/peers.tsx';
import { StateMark } from '../components/severity.tsx';
import { Empty, Failure, Loading } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { duration } from '../format/time.ts';
import { counted, listed } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import { Outcome } from './notifications.tsx';

/** Who is told: whether it works, what the services answered last, a test, and what templates make of an alert. */
export function Receivers(): ReactElement {
  useTitle('Receivers');
  const query = useReceivers();
  return (
    <div className="page">
      <header>
        <h1>Receivers</h1>
      </header>
      <AlertingTabs />
      <Loaded
        query={query}
        what="load the receivers"
        loading={<Loading lines={10} label="Loading the receivers" />}
      >
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No receivers">
              <p>Name one in alertmanager.yml, and lead a route to it.</p>
            </Empty>
          ) : (
            <div className="cards-grid">
              {items.map((receiver) => (
                <Receiver key={receiver.name} receiver={receiver} />
              ))}
            </div>
          )
        }
      </Loaded>
      <Peers />
      <TemplatePreview receivers={query.data?.items ?? []} />
    </div>
  );
}

const health = {
  ok: { tone: 'good', label: 'works' },
  failing: { tone: 'bad', label: 'fails' },
  unused: { tone: 'plain', label: 'not used yet' },
} as const;

function Receiver({ receiver }: { readonly receiver: ReceiverJson }): ReactElement {
  const { name, integrations, answers, alerts, lastSuccessMs } = receiver;
  const test = useTestReceiver();
  const { tone, label } = health[receiver.health];
  return (
    <section className="panel stack tight" id={name} aria-label={`Receiver ${name}`}>
      <div className="row spread">
        <h2 className="wrap">{name}</h2>
        <Button
          size="compact-xs"
          variant="default"
          disabled={integrations.length === 0}
          loading={test.isPending}
          onClick={() => test.mutate(name)}
          aria-label={`Send a test to ${name}`}
        >
          Send a test
        </Button>
      </div>
      <div className="row wraps small">
        {integrations.length === 0 ? (
          <StateMark tone="warn" label="tells nobody" />
        ) : (
          <StateMark tone={tone} label={label} />
        )}
        <span className="dim">
          {integrations.length > 0 && listed(integrations)}
          {lastSuccessMs !== undefined && (
            <>
              , last delivered <Ago atMs={lastSuccessMs} />
            </>
          )}
        </span>
        {alerts > 0 && (
          <Link to={`/alerts?receiver=${encodeURIComponent(name)}`}>{counted(alerts, 'alert')}</Link>
        )}
      </div>
      {test.error !== null && <Failure what="send the test" error={test.error} />}
      {test.data !== undefined && (
        <ul className="told-list" aria-live="polite">
          {test.data.results.map((result) => (
            <li key={result.integration} style={{ gridTemplateColumns: 'minmax(0, 1fr)' }}>
              <span className="small wrap">
                <StateMark tone={result.delivered ? 'good' : 'bad'} label={result.integration} />:{' '}
                {result.answer} ({duration(result.tookMs)})
                {result.templateProblems.length > 0 && (
                  <span className="bad-text"> A template failed: {result.templateProblems.join('; ')}</span>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
      {answers.length > 0 && (
        <ul className="told-list small">
          {answers.slice(0, 5).map((one) => (
            <li key={one.id}>
              <span className="dim">
                <Ago atMs={one.atMs} />
              </span>
              <Outcome one={one} />
              <span className="clip" title={one.answer}>
                {one.isTest && <span className="dim">test: </span>}
                {one.answer}
              </span>
            </li>
          ))}
        </ul>
      )}
      {answers.length > 5 && (
        <Link className="small" to={`/notifications?receiver=${encodeURIComponent(name)}`}>
          All its notifications
        </Link>
      )}
    </section>
  );
}

const firstTemplate =
  '{{ range .Alerts }}{{ .Status }}: {{ .Labels.alertname }}\n{{ .Annotations.summary }}\n{{ end }}';

function TemplatePreview({ receivers }: { readonly receivers: readonly ReceiverJson[] }): ReactElement {
  const [template, setTemplate] = useState(firstTemplate);
  const [alert, setAlert] = useState('');
  const [receiver, setReceiver] = useState('');
  const [isResolved, setResolved] = useState(false);
  const [isHtml, setHtml] = useState(false);
  const { data: alerts } = useAlerts({ state: 'firing', limit: 100 });
  const preview = usePreviewTemplate();
  return (
    <section className="panel stack" aria-label="Template preview">
      <h2>What a template makes of an alert</h2>
      <div className="two">
        <div className="stack">
          <Textarea
            label="Template"
            description="The templates of the running configuration are at hand."
            autosize
            minRows={4}
            maxRows={16}
            value={template}
            onChange={(event) => setTemplate(event.currentTarget.value)}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          />
          <div className="form">
            <Select
              label="Alert"
              data={[
                { value: '', label: 'A sample' },
                ...(alerts?.items ?? []).map(({ fingerprint, name, labels }) => ({
                  value: fingerprint,
                  label: `${name} ${labels['instance'] ?? labels['name'] ?? labels['namespace'] ?? ''} (${fingerprint.slice(0, 6)})`,
                })),
              ]}
              value={alert}
              allowDeselect={false}
              searchable
              onChange={(value) => setAlert(value ?? '')}
            />
            <Select
              label="Receiver"
              data={[
                { value: '', label: 'As its route says' },
                ...receivers.map(({ name }) => ({ value: name, label: name })),
              ]}
              value={receiver}
              allowDeselect={false}
              onChange={(value) => setReceiver(value ?? '')}
            />
            <Checkbox
              label="As when it has resolved"
              checked={isResolved}
              onChange={(event) => setResolved(event.currentTarget.checked)}
            />
            <Checkbox
              label="Escape as in HTML"
              checked={isHtml}
              onChange={(event) => setHtml(event.currentTarget.checked)}
            />
          </div>
          <div>
            <Button
              size="xs"
              loading={preview.isPending}
              onClick={() =>
                preview.mutate({
                  template,
                  html: isHtml,
                  status: isResolved ? 'resolved' : 'firing',
                  ...(alert === '' ? {} : { fingerprint: alert }),
                  ...(receiver === '' ? {} : { receiver }),
                })
              }
            >
              Preview
            </Button>
          </div>
        </div>
        <div className="stack tight" aria-live="polite">
          <h3 className="small">Result</h3>
          {preview.error !== null && <Failure what="render it" error={preview.error} />}
          {preview.data === undefined ? (
            <p className="dim small">Press Preview.</p>
          ) : preview.data.problem !== '' ? (
            <p className="bad-text wrap">{preview.data.problem}</p>
          ) : (
            <pre className="preview-out small">{preview.data.text}</pre>
          )}
        </div>
      </div>
    </section>
  );
}
