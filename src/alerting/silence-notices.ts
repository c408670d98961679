import type { Clock } from '../kit/clock.ts';
import { formatMatcher } from '../model/matcher.ts';
import { isEndless, type SilenceView } from './silence.ts';
import type { NewAlert } from './views.ts';

/** How often silences are looked through for those that end soon. */
export const noticeEveryMs = 15_000;

/**
 * Alerts that say which silences end soon and what will be told of then; they resolve when the silence ends or is prolonged. Routed as
 * any other alert: `owner` is a label.
 *
 * @param hides how many firing alerts it holds back now
 */
export function noticesOf(
  silences: readonly SilenceView[],
  hides: (silence: SilenceView) => number,
  clock: Pick<Clock, 'now'>,
): readonly NewAlert[] {
  const nowMs = clock.now();
  return silences
    .filter((silence) => silence.noticeMs > 0 && !isEndless(silence, nowMs) && silence.state === 'active')
    .filter(({ endsAtMs, noticeMs }) => endsAtMs - noticeMs <= nowMs)
    .map((silence) => ({ silence, hidden: hides(silence) }))
    .filter(({ hidden }) => hidden > 0)
    .map(({ silence, hidden }) => ({
      labels: {
        alertname: 'SkoposSilenceEnds',
        severity: 'info',
        silence: silence.id,
        ...(silence.owner === '' ? {} : { owner: silence.owner }),
      },
      annotations: {
        summary: `A silence that hides ${hidden} ${hidden === 1 ? 'alert that fires' : 'alerts that fire'} ends at ${new Date(silence.endsAtMs).toISOString()}`,
        description: `{${silence.matchers.map(formatMatcher).join(', ')}}, made by ${silence.createdBy || 'somebody'}: ${silence.comment}`,
      },
      endsAtMs: silence.endsAtMs,
    }));
}
