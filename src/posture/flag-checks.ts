import {
  type Component,
  type ComponentName,
  componentOf,
  endOf,
  everyFlagOf,
  type Flag,
  flagOf,
  itemsOfFlag,
  unreadableLine,
  withoutFlag,
  withValue,
} from './component-flags.ts';
import type { Breach, Check, FixPath } from './control.ts';

/** What is wrong with the flags of a component. */
export interface FlagBreach {
  readonly message: string;
  /** The flag or list that is wrong; nothing when a flag is missing. */
  readonly failed?: readonly string[];
  readonly fixes?: readonly FixPath[];
  /** See {@link Breach}. */
  readonly unknown?: true;
  readonly undecided?: true;
}

export type FlagJudgement = (component: Component) => FlagBreach | undefined;

export interface FlagCheckOptions {
  readonly rule: string;
  readonly component: ComponentName;
  readonly judge: FlagJudgement;
  /** Some rules name no paths to review. */
  readonly withoutReview?: true;
  /** Look in all namespaces: hosted control planes run outside of `kube-system`. */
  readonly anywhere?: true;
  /** Another flag that names a file with the setting in it; with it, and without the flag, nothing can be told. */
  readonly elsewhere?: { readonly flag: string; readonly unless: string };
}

/**
 * A check of flags of a control plane's component. Other than etcd, which clusters of applications use as well, components
 * are looked for in `kube-system` only, as Kubescape does.
 */
export function flagCheck({
  rule,
  component: name,
  judge,
  withoutReview,
  elsewhere,
  anywhere,
}: FlagCheckOptions): Check {
  const isAnywhere = anywhere === true || name === 'etcd';
  return {
    rule,
    kinds: ['Pod'],
    ...(isAnywhere ? {} : { namespace: 'kube-system' }),
    awaits: `the pod of ${labels[name]}`,
    applies: (pod) =>
      (isAnywhere || pod.metadata?.namespace === 'kube-system') && componentOf(pod, name) !== undefined,
    unreadable(pod) {
      const component = componentOf(pod, name);
      const gap = unreadableLine(pod, name);
      if (gap !== undefined || component === undefined || elsewhere === undefined) return gap;
      return settingElsewhere(component, elsewhere);
    },
    judge(pod) {
      const component = componentOf(pod, name);
      // Flags that cannot be read are not missing.
      if (component === undefined || unreadableLine(pod, name) !== undefined) return [];
      if (elsewhere !== undefined && settingElsewhere(component, elsewhere) !== undefined) return [];
      const found = judge(component);
      return found === undefined ? [] : [breachOf(found, withoutReview)];
    },
  };
}

/** For a check that is one of several of its control, which are alternatives. */
export function settingElsewhere(
  component: Component,
  { flag, unless }: { readonly flag: string; readonly unless: string },
): string | undefined {
  const found = flagOf(component, flag);
  if (found === undefined || flagOf(component, unless) !== undefined) return undefined;
  return `${found.path}: the setting is in the file that --${flag} names, which cannot be read from here`;
}

function breachOf(
  { message, failed = [], fixes = [], unknown, undecided }: FlagBreach,
  withoutReview?: true,
): Breach {
  return {
    message,
    ...(withoutReview === true ? {} : { reviewPaths: failed }),
    failedPaths: failed,
    fixPaths: fixes,
    ...(unknown === true ? { unknown } : {}),
    ...(undecided === true ? { undecided } : {}),
  };
}

const labels: Readonly<Record<ComponentName, string>> = {
  'kube-apiserver': 'the API server',
  'kube-controller-manager': 'the controller manager',
  'kube-scheduler': 'the scheduler',
  etcd: 'etcd',
};

/** Each of the flags has to be set; the value stands for what a person has to fill in. */
export function required(
  wanted: Readonly<Record<string, string>>,
  options: { readonly failsList?: true } = {},
): FlagJudgement {
  return (component) => {
    const missing = Object.entries(wanted).flatMap(([name, value], i) =>
      flagOf(component, name) === undefined ? [{ name, path: endOf(component, i), value }] : [],
    );
    if (missing.length === 0) return undefined;
    return {
      message: `${missing.map(({ name }) => `--${name}`).join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not set`,
      ...(options.failsList === true ? { failed: [component.list.path] } : {}),
      fixes: missing.map(({ name, path, value }) => ({ path, value: `--${name}=${value}` })),
    };
  };
}

/** The flag has to have the value. `absent`: what its absence means, by the program's default. */
export function mustBe(
  name: string,
  value: string,
  absent: 'fails' | 'passes',
  options: { readonly removable?: true } = {},
): FlagJudgement {
  return (component) => {
    const flag = flagOf(component, name);
    if (flag === undefined) {
      if (absent === 'passes') return undefined;
      const fixes = [{ path: endOf(component), value: `--${name}=${value}` }];
      return { message: `--${name} is not set, and its default is not ${value}`, fixes };
    }
    if (sameValue(flag.value, value)) return undefined;
    const isAlone = flag.text === flag.written;
    return {
      message: `--${name} is ${shownValue(flag)} rather than ${value}`,
      failed: [flag.path],
      fixes: options.removable === true && isAlone ? [] : [withValue(flag, value)],
    };
  };
}

/** A switch without a value is on. */
function sameValue(value: string, wanted: string): boolean {
  if (wanted !== 'true' && wanted !== 'false') return value === wanted;
  const isOn = value === '' || /^(?:1|t|true)$/i.test(value);
  const isOff = /^(?:0|f|false)$/i.test(value);
  return wanted === 'true' ? isOn : isOff;
}

/** The flag must not be there; its value may be secret or a path, and is not shown. */
export function mustNotBeSet(name: string): FlagJudgement {
  return (component) => {
    const flag = flagOf(component, name);
    if (flag === undefined) return undefined;
    return { message: `--${name} is set`, failed: [flag.path], fixes: withoutFlag(flag) };
  };
}

/** The flag must not have the value, not even where another of its name comes later and counts. */
export function mustNotBe(name: string, isWrong: (value: string) => boolean): FlagJudgement {
  return (component) => {
    const flag = everyFlagOf(component, name).find(({ value }) => isWrong(value));
    if (flag === undefined) return undefined;
    return { message: `--${name} is ${shownValue(flag)}`, failed: [flag.path] };
  };
}

/** The flag's list has to hold the item, or one of `instead`. A list that is not set does not hold it. */
export function listHas(name: string, item: string, instead: readonly string[] = []): FlagJudgement {
  return (component) => {
    const flag = flagOf(component, name);
    if (flag === undefined) {
      return {
        message: `--${name} is not set, so that ${item} is not in it`,
        fixes: [{ path: endOf(component), value: `--${name}=${item}` }],
      };
    }
    const items = itemsOfFlag(flag);
    if ([item, ...instead].some((wanted) => items.includes(wanted))) return undefined;
    return {
      message: `--${name} does not have ${item}`,
      failed: [flag.path],
      fixes: [withValue(flag, [...items, item].join(','))],
    };
  };
}

/**
 * The flag's list must not hold the item. `otherwise`: what to set it to when nothing else is in it. `absent`: what is
 * wrong when it is not set, where the default is to have the item.
 */
export function listLacks(
  name: string,
  item: string,
  options: { readonly otherwise?: string; readonly absent?: FlagBreachWithoutPaths } = {},
): FlagJudgement {
  return (component) => {
    const flag = flagOf(component, name);
    if (flag === undefined) {
      if (options.absent === undefined) return undefined;
      const { message, value } = options.absent;
      return { message, fixes: [{ path: endOf(component), value: `--${name}=${value}` }] };
    }
    const items = itemsOfFlag(flag);
    if (!items.includes(item)) return undefined;
    const left = items.filter((other) => other !== item);
    const value = left.length > 0 ? left.join(',') : options.otherwise;
    return {
      message: `--${name} has ${item}`,
      failed: [flag.path],
      fixes: value === undefined ? withoutFlag(flag) : [withValue(flag, value)],
    };
  };
}

export interface FlagBreachWithoutPaths {
  readonly message: string;
  readonly value: string;
}

/** The flag's number must not be below the least. One that is no number is for {@link numberGap}. */
export function atLeast(name: string, least: number): FlagJudgement {
  return (component) => {
    const flag = flagOf(component, name);
    if (flag === undefined) {
      return {
        message: `--${name} is not set`,
        fixes: [{ path: endOf(component), value: `--${name}=${least}` }],
      };
    }
    if (!/^\d+$/.test(flag.value)) {
      return { message: `${flag.path}: --${name} is no number`, failed: [flag.path], unknown: true };
    }
    if (Number(flag.value) >= least) return undefined;
    return {
      message: `--${name} is ${flag.value}, less than ${least}`,
      failed: [flag.path],
      fixes: [withValue(flag, String(least))],
    };
  };
}

/** There is no right value for all clusters: a person has to say whether the one that is set will do. `absent`: whether it has to be set. */
export function reviewed(name: string, absent: 'fails' | 'passes'): FlagJudgement {
  return (component) => {
    const flag = flagOf(component, name);
    if (flag !== undefined) {
      const message = `--${name} is ${shownValue(flag)}: whether that is right for this cluster is for a person to say`;
      return { message, failed: [flag.path], undecided: true };
    }
    if (absent === 'passes') return undefined;
    const path = endOf(component);
    return {
      message: `--${name} is not set`,
      failed: [path],
      fixes: [{ path, value: `--${name}=YOUR_VALUE` }],
    };
  };
}

function shownValue({ value }: Flag): string {
  return value === '' ? 'set without a value' : value;
}
