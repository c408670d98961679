import { Button } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { Link } from 'react-router';
import type { BacktestResult, RuleOutcome } from '../api/types.ts';
import { absolute, largestUnit } from '../format/time.ts';
import { count, counted, listed } from '../format/words.ts';
import { queryLink } from '../pages/query/panel-state.ts';
import { AlertRow, NotificationRow, TimelineAxis } from './backtest-timeline.tsx';
import { StateMark } from './severity.tsx';

/** Alerts of a rule, and notifications, drawn at once. */
const step = 20;

/** The answer of a back-test: in a sentence, as a picture for each rule, and every notification. */
export function BacktestReport({
  result,
  what,
}: {
  readonly result: BacktestResult;
  readonly what: string;
}): ReactElement {
  const { rules, notifications, warnings, startMs, endMs, source } = result;
  const active = rules.filter(({ alerts, problem }) => alerts.length > 0 || problem !== '');
  const quiet = rules.filter((rule) => !active.includes(rule));
  return (
    <div className="stack">
      <section className="panel stack tight">
        <h2>{verdictOf(result)}</h2>
        <p className="small dim wrap">
          {what}, from {absolute(startMs)} to {absolute(endMs)} ({largestUnit(endMs - startMs)}), over{' '}
          {source}
        </p>
        {notifications.byReceiver.length > 0 && (
          <ul className="plain-list">
            {notifications.byReceiver.map(({ receiver, integration, total, firing, resolved }) => (
              <li key={`${receiver} ${integration}`}>
                <p>
                  <strong>{count(total)}</strong> to{' '}
                  <Link to={`/receivers#${encodeURIComponent(receiver)}`}>{receiver}</Link>
                  {integration !== receiver && ` by ${integration}`}{' '}
                  <span className="dim">
                    ({count(firing)} firing, {count(resolved)} resolved)
                  </span>
                </p>
              </li>
            ))}
          </ul>
        )}
        {warnings.map((warning) => (
          <p key={warning} className="small wrap">
            <StateMark tone="warn" label="Not whole" /> {warning}
          </p>
        ))}
        <p className="small dim">
          <span className="legend-swatch" data-state="pending" /> pending{' '}
          <span className="legend-swatch" data-state="firing" /> firing. Rules are evaluated on their
          interval; at work Skopos is up to one interval sooner. Silences are not taken into account.
        </p>
      </section>
      {active.map((rule) => (
        <RuleSection key={`${rule.file} ${rule.line} ${rule.name}`} rule={rule} result={result} />
      ))}
      {quiet.length > 0 && (
        <section className="panel stack tight">
          <h2>{counted(quiet.length, 'rule')} would have stayed quiet</h2>
          <p className="small wrap">{listed([...new Set(quiet.map(({ name }) => name))])}</p>
        </section>
      )}
      <Sent result={result} />
    </div>
  );
}

function verdictOf({ rules, notifications, startMs, endMs }: BacktestResult): string {
  const span = largestUnit(endMs - startMs);
  const fired = rules.reduce((sum, rule) => sum + rule.fired, 0);
  if (notifications.total === 0)
    return fired === 0
      ? `Nobody would have been told of anything in ${span}`
      : `${counted(fired, 'alert')} would have fired in ${span}, and nobody would have been told`;
  return `${counted(notifications.total, 'notification')} in ${span}; ${counted(fired, 'alert')} would have fired`;
}

function RuleSection({
  rule,
  result,
}: {
  readonly rule: RuleOutcome;
  readonly result: BacktestResult;
}): ReactElement {
  const [most, setMost] = useState(step);
  const { name, group, expr, pending, fired, resolved, notifications, problem, alerts, moreAlerts } = rule;
  const own = result.notifications.sent.filter(({ alertnames }) => alertnames.includes(name));
  return (
    <section className="panel stack tight" aria-label={`Rule ${name}`}>
      <div className="row spread wraps">
        <h2 className="wrap">{name}</h2>
        <p className="small dim">
          {group} · <Link to={queryLink(expr, 'graph')}>query</Link>
        </p>
      </div>
      <p className="small">
        {rule.forMs > 0 && `Pending ${counted(pending, 'time')}, `}fired {counted(fired, 'time')}, resolved{' '}
        {counted(resolved, 'time')}, {counted(notifications, 'notification')}
      </p>
      {problem !== '' && (
        <p className="small wrap">
          <StateMark tone="bad" label="Could not be evaluated everywhere" /> {problem}
        </p>
      )}
      <div>
        <TimelineAxis {...result} />
        <ul className="backtest-rows">
          {alerts.slice(0, most).map((alert) => (
            <AlertRow key={JSON.stringify(alert.labels)} alert={alert} stretch={result} />
          ))}
        </ul>
        {own.length > 0 && <NotificationRow sent={own} stretch={result} />}
      </div>
      {alerts.length > most && (
        <div>
          <Button size="xs" variant="default" onClick={() => setMost(most + 5 * step)}>
            {counted(alerts.length - most, 'more alert')}
          </Button>
        </div>
      )}
      {moreAlerts > 0 && <p className="small dim">and {counted(moreAlerts, 'alert')} that are not shown</p>}
    </section>
  );
}

function Sent({ result }: { readonly result: BacktestResult }): ReactElement | null {
  const [most, setMost] = useState(step);
  const { sent, more } = result.notifications;
  if (sent.length === 0) return null;
  return (
    <section className="panel stack tight">
      <h2>Every notification</h2>
      <ul className="plain-list small">
        {sent.slice(0, most).map(({ atMs, receiver, status, reason, alertnames, alerts }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two notifications may be alike in all but their place
          <li key={index} className="row wraps">
            <span className="nowrap">{absolute(atMs)}</span>
            <StateMark tone={status === 'firing' ? 'bad' : 'good'} label={status} />
            <span className="wrap">
              {listed(alertnames)} ({counted(alerts, 'alert')}) to {receiver}
            </span>
            <span className="dim">{reason}</span>
          </li>
        ))}
      </ul>
      {sent.length > most && (
        <div>
          <Button size="xs" variant="default" onClick={() => setMost(most + 5 * step)}>
            {counted(sent.length - most, 'more notification')}
          </Button>
        </div>
      )}
      {more > 0 && <p className="dim small">and {count(more)} that are not kept</p>}
    </section>
  );
}
