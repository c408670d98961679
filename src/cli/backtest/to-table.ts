import { formatDuration } from '../../kit/duration.ts';
import type { AlertOutcome, BacktestResult, Episode, RuleOutcome } from '../../model/backtest.ts';
import { formatLabels } from '../../model/labels.ts';
import { colours as pc } from '../colours.ts';

const pictureWidth = 60;
const alertsShown = 10;
const sentShown = 20;

/** The result for people at a terminal: a line with a picture for each rule and alert, then who would have been told. */
export function backtestTable(result: BacktestResult): string {
  const { startMs, endMs, source, rules, notifications, warnings } = result;
  const lines = [
    `${time(startMs)} to ${time(endMs)} (${formatDuration(endMs - startMs)}), samples of ${source}`,
    pc.dim(`${picture([], result)}  · quiet  ▒ pending  █ firing`),
    '',
    ...rules.flatMap((rule) => ruleLines(rule, result)),
    ...notificationLines(notifications),
    ...warnings.map((warning) => pc.yellow(`warning: ${warning}`)),
  ];
  return `${lines.join('\n')}\n`;
}

function ruleLines(rule: RuleOutcome, result: BacktestResult): string[] {
  const { name, group, pending, fired, resolved, notifications, problem, alerts, moreAlerts } = rule;
  const counts = [
    ...(rule.forMs > 0 ? [`pending ${times(pending)}`] : []),
    `fired ${times(fired)}`,
    `resolved ${times(resolved)}`,
    `${notifications} ${notifications === 1 ? 'notification' : 'notifications'}`,
  ].join(', ');
  const fires =
    fired > 0 || alerts.some(({ episodes }) => episodes.some(({ firedAtMs }) => firedAtMs !== undefined));
  const head = `${fires ? pc.red(name) : pc.green(name)} ${pc.dim(`(group ${group}, ${rule.file}:${rule.line})`)}  ${counts}`;
  const shown = alerts.slice(0, alertsShown);
  const more = alerts.length - shown.length + moreAlerts;
  return [
    head,
    ...(problem === '' ? [] : [pc.red(`  could not be evaluated everywhere: ${problem}`)]),
    ...shown.flatMap((alert) => alertLines(alert, result)),
    ...(more > 0 ? [pc.dim(`  and ${more} more alerts`)] : []),
    '',
  ];
}

function alertLines({ labels, episodes }: AlertOutcome, result: BacktestResult): string[] {
  const { alertname: _name, ...own } = labels;
  const fired = episodes.filter(({ firedAtMs }) => firedAtMs !== undefined);
  const last = fired.at(-1);
  const when = last === undefined ? '' : `  last fired ${time(last.firedAtMs ?? 0)}${spanOf(last)}`;
  return [`  ${picture(episodes, result)}  ${formatLabels(own)}${pc.dim(when)}`];
}

function spanOf({ firedAtMs = 0, endedAtMs }: Episode): string {
  return endedAtMs === undefined ? ', still at the end' : `, for ${formatDuration(endedAtMs - firedAtMs)}`;
}

/** The stretch of time in so many pieces: the gravest of each is shown. */
function picture(episodes: readonly Episode[], { startMs, endMs }: BacktestResult): string {
  const cells = new Array<string>(pictureWidth).fill('·');
  const cellMs = (endMs - startMs) / pictureWidth;
  const paint = (fromMs: number, toMs: number, mark: string): void => {
    const from = Math.max(0, Math.floor((fromMs - startMs) / cellMs));
    const to = Math.min(pictureWidth - 1, Math.floor((toMs - startMs - 1) / cellMs));
    for (let i = from; i <= to; i++) if (cells[i] !== '█') cells[i] = mark;
  };
  for (const { activeAtMs, firedAtMs, endedAtMs = endMs } of episodes) {
    paint(activeAtMs, firedAtMs ?? endedAtMs, '▒');
    if (firedAtMs !== undefined) paint(firedAtMs, endedAtMs, '█');
  }
  return cells.join('');
}

function notificationLines({ total, byReceiver, sent, more }: BacktestResult['notifications']): string[] {
  if (total === 0) return ['No notification would have been sent.', ''];
  const shown = sent.slice(0, sentShown);
  const rest = sent.length - shown.length + more;
  return [
    `${total} ${total === 1 ? 'notification' : 'notifications'} would have been sent:`,
    ...byReceiver.map(
      (one) =>
        `  ${String(one.total).padStart(6)}  to ${one.receiver} by ${one.integration} (${one.firing} firing, ${one.resolved} resolved)`,
    ),
    ...shown.map(
      ({ atMs, receiver, status, alertnames, alerts, reason }) =>
        `  ${time(atMs)}  ${status === 'firing' ? pc.red(status.padEnd(8)) : pc.green(status)}  ${receiver}: ${alertnames.join(', ')} (${alerts})  ${pc.dim(reason)}`,
    ),
    ...(rest > 0 ? [pc.dim(`  and ${rest} more; --format json has them`)] : []),
    '',
  ];
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

function time(ms: number): string {
  return new Date(ms)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z');
}
