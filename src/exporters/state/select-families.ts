import { BadInputError } from '../../kit/app-error.ts';
import { type SafeRegex, safeRegex } from '../../kit/regex.ts';
import type { Allowed, Family, StateResource } from './family.ts';
import type { KeyFilter } from './label-names.ts';

/** Keys of labels or annotations by resource; `*` as resource stands for all, and in a key for any characters. */
export type KeyLists = Readonly<Record<string, readonly string[]>>;

export interface FamilySelection {
  /** Patterns of names; only metrics that one of them is found in are rendered. */
  readonly metricAllowlist?: readonly string[];
  /** Patterns of names of metrics that are not rendered. */
  readonly metricDenylist?: readonly string[];
  /** Names of metrics that are rendered only where asked for. */
  readonly metricOptInList?: readonly string[];
  readonly labelsAllowlist?: KeyLists;
  readonly annotationsAllowlist?: KeyLists;
}

/** A resource with the families of it that are rendered. */
export interface SelectedResource extends StateResource {
  readonly allowed: Allowed;
}

/**
 * Which metrics of the resources are rendered, as kube-state-metrics' flags of the same names say.
 *
 * Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/developer/cli-arguments.md
 *
 * @throws {BadInputError} for a pattern that is none, or when metrics are both allowed and denied.
 */
export function selectFamilies(
  resources: readonly StateResource[],
  selection: FamilySelection,
): readonly SelectedResource[] {
  const { metricAllowlist = [], metricDenylist = [], metricOptInList = [] } = selection;
  if (metricAllowlist.length > 0 && metricDenylist.length > 0)
    throw new BadInputError('', 'metric_allowlist and metric_denylist exclude each other; keep one of them');
  const allowed = metricAllowlist.map((one) => safeRegex(one));
  const denied = metricDenylist.map((one) => safeRegex(one));
  const optedIn = metricOptInList.map((one) => safeRegex(one));
  const isFound = (patterns: readonly SafeRegex[], name: string) => patterns.some((one) => one.finds(name));
  const isWanted = ({ name, isOptIn }: Family): boolean =>
    (allowed.length === 0 || isFound(allowed, name)) &&
    !isFound(denied, name) &&
    (isOptIn !== true || isFound(optedIn, name));
  return resources.map((one) => ({
    ...one,
    families: one.families.filter(isWanted),
    allowed: {
      labels: keyFilter(selection.labelsAllowlist, one.resource),
      annotations: keyFilter(selection.annotationsAllowlist, one.resource),
    },
  }));
}

function keyFilter(lists: KeyLists | undefined, resource: string): KeyFilter {
  const keys = lists?.[resource] ?? lists?.['*'] ?? [];
  if (keys.length === 0) return undefined;
  if (keys.includes('*')) return () => true;
  const exact = new Set(keys.filter((key) => !key.includes('*')));
  const patterns = keys
    .filter((key) => key.includes('*'))
    .map((key) => safeRegex(key.split('*').map(quoted).join('.*')));
  return (key) => exact.has(key) || patterns.some((pattern) => pattern.matches(key));
}

function quoted(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_]/g, (char) => `\\${char}`);
}

/** Reads the form of the flags, `pods=[app,team],nodes=[*]`; undefined when it is none. */
export function parseKeyLists(text: string): KeyLists | undefined {
  const lists: Record<string, string[]> = {};
  let rest = text.trim();
  while (rest !== '') {
    const match = /^([a-z0-9.*_-]+)=\[([^\]]*)\](?:,|$)/.exec(rest);
    if (match === null) return undefined;
    const [whole, resource = '', keys = ''] = match;
    lists[resource] = keys
      .split(',')
      .map((key) => key.trim())
      .filter((key) => key !== '');
    rest = rest.slice(whole.length).trim();
  }
  return lists;
}
