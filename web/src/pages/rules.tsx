import { Button } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { Link } from 'react-router';
import { useRuleGroups } from '../api/monitoring.ts';
import type { RuleGroupJson, RuleGroupsJson, RuleJson } from '../api/types.ts';
import { HealthMark } from '../components/health-mark.tsx';
import { LabelChips } from '../components/labels.tsx';
import { Loaded } from '../components/loaded.tsx';
import { MonitoringTabs } from '../components/monitoring-tabs.tsx';
import { RuleLints } from '../components/rule-lints.tsx';
import { Segments } from '../components/segments.tsx';
import { Empty, Loading } from '../components/states.tsx';
import { Ago } from '../components/time.tsx';
import { UrlSearch } from '../components/url-filters.tsx';
import { duration } from '../format/time.ts';
import { count, counted } from '../format/words.ts';
import { useTitle } from '../hooks/use-title.ts';
import { useUrlState } from '../hooks/use-url-state.ts';
import { queryLink } from './query/panel-state.ts';

/** Groups are drawn so many at a time. */
const step = 40;

/** Every rule: how its last evaluation went, what it found, and where its alerts are. */
export function Rules(): ReactElement {
  useTitle('Rules');
  const url = useUrlState();
  const { set } = url;
  const [state, kind] = [url.get('state'), url.get('kind')];
  const query = useRuleGroups({ q: url.get('q'), state, kind });
  return (
    <div className="page">
      <header>
        <h1>Rules</h1>
        <span className="dim" role="status">
          {query.data !== undefined &&
            `${counted(query.data.counts.rules, 'rule')} in ${counted(query.data.counts.groups, 'group')}`}
        </span>
      </header>
      <MonitoringTabs />
      <div className="filters">
        <UrlSearch url={url} label="Search rules" />
        <Segments
          label="State"
          value={state}
          onChange={(value) => set({ state: value })}
          choices={choicesOf(query.data)}
        />
        <Segments
          label="Kind"
          value={kind}
          onChange={(value) => set({ kind: value })}
          choices={[
            { value: '', label: 'Both kinds' },
            { value: 'alerting', label: 'Alerts' },
            { value: 'recording', label: 'Records' },
          ]}
        />
      </div>
      <Loaded query={query} what="load the rules" loading={<Loading lines={10} label="Loading the rules" />}>
        {({ items, counts }) =>
          items.length > 0 ? <Groups groups={items} /> : <None hasRules={counts.rules > 0} />
        }
      </Loaded>
    </div>
  );
}

function choicesOf(data: RuleGroupsJson | undefined) {
  const label = (word: string, value: number | undefined) =>
    value === undefined ? word : `${word} ${count(value)}`;
  return [
    { value: '', label: 'All' },
    { value: 'firing', label: label('Firing', data?.counts.firing) },
    { value: 'pending', label: label('Pending', data?.counts.pending) },
    { value: 'failing', label: label('Failing', data?.counts.failing) },
  ];
}

function None({ hasRules }: { readonly hasRules: boolean }): ReactElement {
  return hasRules ? (
    <Empty title="No rule is like that" />
  ) : (
    <Empty title="No rules are loaded">
      <p>
        Name rule files with <code>--rules</code>, at <code>rules.files</code>, or at <code>rule_files</code>{' '}
        of a <code>prometheus.yml</code>.
      </p>
    </Empty>
  );
}

function Groups({ groups }: { readonly groups: readonly RuleGroupJson[] }): ReactElement {
  const [most, setMost] = useState(step);
  return (
    <div className="stack">
      {groups.slice(0, most).map((group) => (
        <Group key={`${group.file} ${group.name}`} group={group} />
      ))}
      {groups.length > most && (
        <div>
          <Button size="xs" variant="default" onClick={() => setMost(most + step)}>
            {counted(groups.length - most, 'more group')}
          </Button>
        </div>
      )}
    </div>
  );
}

function Group({ group }: { readonly group: RuleGroupJson }): ReactElement {
  const { name, file, intervalMs, lastEvaluationMs, evaluationSeconds, missed, rules } = group;
  return (
    <section className="panel" aria-label={`Group ${name}`}>
      <div className="row spread wraps">
        <h2 className="wrap">{name}</h2>
        <span className="small dim">
          every {duration(intervalMs)}
          {lastEvaluationMs !== undefined && (
            <>
              , last <Ago atMs={lastEvaluationMs} /> in {duration(evaluationSeconds * 1000)}
            </>
          )}
          {missed > 0 && `, ${counted(missed, 'interval')} missed`}
        </span>
      </div>
      <p className="small dim wrap">{file}</p>
      {rules.map((rule, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two rules may be alike but for their place
        <div key={index}>
          <Rule rule={rule} />
          <RuleLints file={file} group={name} rule={rule.name} />
        </div>
      ))}
    </section>
  );
}

function stateOf({ off, health, lastEvaluationMs, kind, state }: RuleJson): string {
  if (off !== undefined) return 'off';
  if (health === 'err') return 'err';
  if (lastEvaluationMs === undefined) return 'not-evaluated';
  return kind === 'alerting' ? state : 'ok';
}

function Rule({ rule }: { readonly rule: RuleJson }): ReactElement {
  const { name, expr, lastError, labels, annotations, matched, alerts, alertCount, off } = rule;
  const isWaiting = rule.lastEvaluationMs === undefined;
  return (
    <div className="rule">
      <div className="row spread wraps">
        <span className="row wraps">
          <HealthMark state={stateOf(rule)} />
          <strong className="wrap">{name}</strong>
          {rule.forMs > 0 && <span className="small dim">for {duration(rule.forMs)}</span>}
        </span>
        <span className="small dim linked">
          {matched !== undefined && `${counted(matched, 'series', 'series')} matched, `}
          {!isWaiting && `took ${duration(rule.evaluationSeconds * 1000)} `}
          <Link to={queryLink(expr, 'table')}>query</Link>
        </span>
      </div>
      <pre>
        <code>{expr}</code>
      </pre>
      {lastError !== '' && (
        <p className="bad-text wrap small" role="status">
          {lastError}
        </p>
      )}
      {off !== undefined && <p className="wrap small">Off: {off}.</p>}
      {Object.keys(labels).length > 0 && <LabelChips labels={labels} />}
      {annotations['summary'] !== undefined && <p className="small dim wrap">{annotations['summary']}</p>}
      {alerts.length > 0 && (
        <details className="small" open={alerts.length <= 3}>
          <summary>{counted(alertCount, 'alert')}</summary>
          <ul className="stack tight">
            {alerts.map((alert) => (
              <li key={alert.fingerprint} className="row wraps">
                <HealthMark state={alert.state} />
                <Link to={`/alerts/${alert.fingerprint}`}>
                  <span className="wrap">{labelLine(alert.labels)}</span>
                </Link>
                <span className="dim">
                  since <Ago atMs={alert.activeAtMs} />, value {alert.value}
                </span>
              </li>
            ))}
          </ul>
          {alertCount > alerts.length && (
            <p className="dim">… and {count(alertCount - alerts.length)} more</p>
          )}
        </details>
      )}
    </div>
  );
}

function labelLine(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).filter(([name]) => name !== 'alertname');
  return pairs.length === 0 ? 'without labels' : pairs.map(([name, value]) => `${name}=${value}`).join(' ');
}
