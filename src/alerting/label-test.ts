import { compileMatcher } from '../kit/compile-matcher.ts';
import type { Labels } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';

/** Whether labels satisfy a set of matchers. */
export type LabelTest = (labels: Labels) => boolean;

/**
 * The test that all matchers hold; without matchers it always does.
 *
 * @throws {BadInputError} when a pattern is not valid.
 */
export function labelTest(matchers: readonly Matcher[]): LabelTest {
  const tests = matchers.map((matcher) => ({ name: matcher.name, test: compileMatcher(matcher) }));
  return (labels) => {
    for (const { name, test } of tests) if (!test(labels[name] ?? '')) return false;
    return true;
  };
}

/** As {@link formatMatchers} of Alertmanager prints a set: `{a="b",c=~"d"}`. */
export function formatMatchers(matchers: readonly Matcher[]): string {
  return `{${matchers.map(({ name, op, value }) => `${plainName.test(name) ? name : JSON.stringify(name)}${op}${JSON.stringify(value)}`).join(',')}}`;
}

const plainName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
