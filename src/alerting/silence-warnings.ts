import { compileMatcher } from '../kit/compile-matcher.ts';
import type { Matcher } from '../model/matcher.ts';
import { isEndless, type NewSilence } from './silence.ts';

/** What a person should confirm before a silence is saved. */
export interface SilenceWarning {
  readonly code: 'matches-everything' | 'endless' | 'matches-all-firing';
  readonly text: string;
}

/** Texts that no matcher which means something certain matches all of. */
const unlikely = ['\u0001', 'zq-0', 'Ünlikely value 1', '7', 'http://x/y?z=1'];

/** Whether the matchers exclude hardly anything: every alert with such labels, whatever their values. */
export function matchesAnything(matchers: readonly Matcher[]): boolean {
  return matchers.every((matcher) => {
    const test = compileMatcher(matcher);
    return unlikely.every(test) && (matcher.name === 'alertname' || test(''));
  });
}

/** @param counts of alerts that fire now */
export function warningsOf(
  silence: Pick<NewSilence, 'matchers' | 'endsAtMs'>,
  counts: { readonly matched: number; readonly firing: number },
  nowMs: number,
): readonly SilenceWarning[] {
  const isAnything = matchesAnything(silence.matchers);
  return [
    ...(isAnything
      ? [
          {
            code: 'matches-everything' as const,
            text: 'It matches every alert or nearly, those of the future too.',
          },
        ]
      : []),
    ...(isEndless(silence, nowMs)
      ? [{ code: 'endless' as const, text: 'It has no end: nobody will be reminded that it is there.' }]
      : []),
    ...(!isAnything && counts.firing >= 10 && counts.matched === counts.firing
      ? [{ code: 'matches-all-firing' as const, text: `It hides all ${counts.firing} alerts that fire now.` }]
      : []),
  ];
}
