import type { ReactElement } from 'react';
import type { AlertOutcome, BacktestResult, Episode } from '../api/types.ts';
import { absolute, largestUnit } from '../format/time.ts';
import { counted } from '../format/words.ts';
import './backtest-timeline.css';

/** The stretch of time that a row spans. */
interface Stretch {
  readonly startMs: number;
  readonly endMs: number;
}

const dayFormat = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' });
const hourFormat = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** Marks of the time, at round hours or days. */
export function TimelineAxis({ startMs, endMs }: Stretch): ReactElement {
  const span = endMs - startMs;
  const isLong = span > 2 * 86_400_000;
  const at = [0, 0.25, 0.5, 0.75].map((part) => startMs + part * span);
  return (
    <div className="backtest-row axis" aria-hidden="true">
      <span />
      <span className="track">
        {at.map((ms) => (
          <span key={ms} className="mark" style={{ left: percent((ms - startMs) / span) }}>
            {isLong ? dayFormat.format(ms) : hourFormat.format(ms)}
          </span>
        ))}
      </span>
    </div>
  );
}

/** One alert: when it would have been pending, and when it would have fired. */
export function AlertRow({
  alert,
  stretch,
}: {
  readonly alert: AlertOutcome;
  readonly stretch: Stretch;
}): ReactElement {
  const { labels, episodes } = alert;
  const name = Object.entries(labels)
    .filter(([label]) => label !== 'alertname')
    .map(([label, value]) => `${label}=${value}`)
    .join(' ');
  const said = saidOf(episodes, stretch);
  return (
    <li className="backtest-row">
      <span className="small wrap name" title={name}>
        {name === '' ? 'without labels' : name}
      </span>
      <span className="track" role="img" aria-label={said} title={said}>
        {episodes.map((episode) => (
          <EpisodeBars key={episode.activeAtMs} episode={episode} stretch={stretch} />
        ))}
      </span>
    </li>
  );
}

function EpisodeBars({
  episode,
  stretch,
}: {
  readonly episode: Episode;
  readonly stretch: Stretch;
}): ReactElement {
  const { activeAtMs, firedAtMs, endedAtMs = stretch.endMs } = episode;
  return (
    <>
      {firedAtMs !== activeAtMs && (
        <span data-state="pending" style={placed(activeAtMs, firedAtMs ?? endedAtMs, stretch)} />
      )}
      {firedAtMs !== undefined && <span data-state="firing" style={placed(firedAtMs, endedAtMs, stretch)} />}
    </>
  );
}

/** Notifications as they would have gone out. */
export function NotificationRow({
  sent,
  stretch,
}: {
  readonly sent: BacktestResult['notifications']['sent'];
  readonly stretch: Stretch;
}): ReactElement {
  return (
    <div className="backtest-row">
      <span className="small name">Told</span>
      <span className="track told" role="img" aria-label={counted(sent.length, 'notification')}>
        {sent.map(({ atMs, receiver, status, alertnames }, index) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: two notifications may be alike in all but their place
            key={index}
            data-status={status}
            style={{ left: percent((atMs - stretch.startMs) / (stretch.endMs - stretch.startMs)) }}
            title={`${absolute(atMs)}: ${alertnames.join(', ')} ${status}, to ${receiver}`}
          />
        ))}
      </span>
    </div>
  );
}

function placed(fromMs: number, toMs: number, { startMs, endMs }: Stretch) {
  const from = Math.max(0, (fromMs - startMs) / (endMs - startMs));
  const to = Math.min(1, (toMs - startMs) / (endMs - startMs));
  return { left: percent(from), width: percent(Math.max(0, to - from)) };
}

function percent(part: number): string {
  return `${(part * 100).toFixed(3)}%`;
}

/** The same in words, for who does not see it. */
function saidOf(episodes: readonly Episode[], { endMs }: Stretch): string {
  const fired = episodes.filter(({ firedAtMs }) => firedAtMs !== undefined);
  const firingMs = fired.reduce(
    (sum, { firedAtMs = 0, endedAtMs = endMs }) => sum + endedAtMs - firedAtMs,
    0,
  );
  const pending = episodes.length - fired.length;
  const parts = [
    fired.length === 0
      ? 'never fired'
      : `fired ${counted(fired.length, 'time')}, ${largestUnit(firingMs)} in all`,
    ...(pending > 0 ? [`pending ${counted(pending, 'time')} without firing`] : []),
    ...fired.slice(0, 3).map(({ firedAtMs = 0 }) => `from ${absolute(firedAtMs)}`),
  ];
  return parts.join('; ');
}
