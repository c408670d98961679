import { hostGap } from '../model/host.ts';
import type { KubeObject } from '../model/object.ts';
import { dig } from './cloud.ts';
import type { Breach, Check, ShownPlace } from './control.ts';
import { commandLineOnly, configOnly, dataOnly, type KubeletFacts, kubeletFactsOf } from './kubelet.ts';

/** One setting of the kubelet, that a flag or a field of its configuration file gives. The flag outweighs the field. */
export interface KubeletSetting {
  readonly rule: string;
  /** Without dashes; undefined where only the file counts. */
  readonly flag?: string;
  /** `authorization.mode` */
  readonly field?: string;
  /** Another spelling that is found in files, and means the same to whoever wrote it. */
  readonly otherField?: string;
  /** What the field may be; anything else cannot be read, as little as by the kubelet. */
  readonly types?: readonly FieldType[];
  /** What is wrong with the flag's value ('' when it stands without one), if something is. */
  readonly badFlag?: (value: string) => string | undefined;
  /** What is wrong with the field's value, `undefined` when it is not in the file. */
  readonly badField?: (value: unknown) => string | undefined;
  /** What is wrong when there is neither the flag nor a configuration file, if something is. */
  readonly unset?: string;
  /** Some rules name no paths to review where the command line is at fault. */
  readonly withoutReview?: true;
  /** Some rules leave the node's name out where the command line is at fault. */
  readonly withoutName?: true;
}

/** A check of one setting in what nodes report of their kubelets. */
export function kubeletCheck(setting: KubeletSetting): Check {
  return {
    rule: setting.rule,
    kinds: ['KubeletInfo'],
    needs: ['KubeletInfo'],
    unreadable(object) {
      const facts = kubeletFactsOf(object);
      if (facts === undefined) return noCommandLine(object);
      const isByFlag = setting.flag !== undefined && kubeletFlag(facts, setting.flag) !== undefined;
      return isByFlag || setting.field === undefined
        ? undefined
        : (unreadConfig(object, facts) ?? unreadableField(facts, setting, setting.field));
    },
    judge(object) {
      const facts = kubeletFactsOf(object);
      if (facts === undefined) return [];
      const value = setting.flag === undefined ? undefined : kubeletFlag(facts, setting.flag);
      if (value !== undefined) {
        const message = setting.badFlag?.(value);
        const path = `data.cmdLine --${setting.flag}`;
        return message === undefined ? [] : [atCommandLine(object, facts, setting, message, { path, value })];
      }
      if (setting.field === undefined) return [];
      if (hasConfig(facts)) return inConfig(object, facts, setting, setting.field);
      return setting.unset === undefined
        ? []
        : [atCommandLine(object, facts, setting, setting.unset, { path: 'data.cmdLine' })];
    },
  };
}

function atCommandLine(
  object: KubeObject,
  facts: KubeletFacts,
  { withoutReview, withoutName }: KubeletSetting,
  message: string,
  shown: ShownPlace,
): Breach {
  return {
    ...onCommandLine(message, withoutReview),
    shown: [shown],
    external:
      withoutName === true ? commandLineOnly(object, facts.commandLine) : withCommandLine(object, facts),
  };
}

/** Whether the kubelet lets requests in without credentials. Several controls ask for it. */
export const anonymousAccess: Check = kubeletCheck({
  rule: 'anonymous-requests-to-kubelet-service-updated',
  flag: 'anonymous-auth',
  field: 'authentication.anonymous.enabled',
  types: ['boolean'],
  badFlag: (value) => (isOn(value) ? 'the kubelet answers requests without authentication' : undefined),
  // The file's default is false, the flag's is true: https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
  badField: (value) => (value === true ? 'the kubelet answers requests without authentication' : undefined),
  unset:
    'the kubelet answers requests without authentication, which is its default without a configuration file',
  withoutReview: true,
});

/** Whether the kubelet has a CA to check the certificates of its clients with. Several controls ask for it. */
export const clientAuthority: Check = kubeletCheck({
  rule: 'enforce-kubelet-client-tls-authentication-updated',
  flag: 'client-ca-file',
  field: 'authentication.x509.clientCAFile',
  types: ['string'],
  badField: (value) =>
    typeof value === 'string' && value !== ''
      ? undefined
      : 'the kubelet has no CA to check client certificates with',
  unset: 'the kubelet has no CA to check client certificates with',
  withoutName: true,
});

/** The value of a flag, '' when it stands without one; undefined when it is not set. The last one counts. */
export function kubeletFlag({ commandLine }: KubeletFacts, name: string): string | undefined {
  const pattern = new RegExp(`(?:^|\\s)--${name}(?:=(\\S*)|\\s+([^-\\s]\\S*))?(?=\\s|$)`, 'g');
  const match = [...commandLine.matchAll(pattern)].at(-1);
  return match === undefined ? undefined : (match[1] ?? match[2] ?? '');
}

/** Whether a configuration file is in use: the flag says so, or its content has been found. */
export function hasConfig({ commandLine, configText }: KubeletFacts): boolean {
  return configText !== undefined || /(?:^|\s)--config(?:-dir)?(?:[=\s]|$)/.test(commandLine);
}

/** Why the command line is not known. */
export function noCommandLine(object: KubeObject): string {
  return hostGap(object, 'cmdLine') ?? 'data.cmdLine is not reported';
}

/** Why what the configuration file says is not known, where that has been said or can be seen. */
export function unreadConfig(object: KubeObject, facts: KubeletFacts): string | undefined {
  return (
    unreadableConfig(facts) ?? (facts.configText === undefined ? hostGap(object, configContent) : undefined)
  );
}

const configContent = 'configFile.content';

/** Why the content of the configuration file, where there is some, cannot be understood. */
function unreadableConfig({ configText, config }: KubeletFacts): string | undefined {
  if (configText === undefined || config !== undefined) return undefined;
  return 'data.configFile.content is no YAML mapping, so that the kubelet’s configuration cannot be read';
}

/** That the configuration file has not been reported. Upstream lets the control fail; nobody knows. */
export function notReported(object: KubeObject, field: string, withoutReview?: true): Breach {
  return {
    ...onCommandLine(
      hostGap(object, configContent) ??
        `data.configFile.content is not reported, so that ${field} cannot be read`,
      withoutReview,
    ),
    undecided: true,
    external: dataOnly(object),
  };
}

export function withCommandLine(object: KubeObject, { commandLine }: KubeletFacts): unknown {
  const { metadata } = object;
  return { ...(commandLineOnly(object, commandLine) as object), metadata };
}

/** A breach of a field of the configuration file, with what stands there. */
export function inFile(
  object: KubeObject,
  { config, configText = '' }: KubeletFacts,
  message: string,
  fields: readonly string[],
): Breach {
  const shown: ShownPlace[] = fields.map((path) => ({ path, value: dig(config, ...path.split('.')) }));
  return {
    message,
    failedPaths: [],
    fixPaths: [],
    shown,
    external: configOnly(object, configText),
  };
}

function fieldIn({ config }: KubeletFacts, usual: string, other: string | undefined): string {
  return other !== undefined && dig(config, ...other.split('.')) !== undefined ? other : usual;
}

function unreadableField(
  facts: KubeletFacts,
  { types = [], otherField }: KubeletSetting,
  usual: string,
): string | undefined {
  const field = fieldIn(facts, usual, otherField);
  const steps = field.split('.');
  for (const at of steps.keys()) {
    const value = dig(facts.config, ...steps.slice(0, at + 1));
    // An empty field is as good as none.
    if (value === undefined || value === null) return undefined;
    const wanted = at + 1 < steps.length ? (['mapping'] as const) : types;
    if (wanted.length > 0 && !wanted.some((type) => isOfType(value, type))) {
      return `data.configFile.content: ${steps.slice(0, at + 1).join('.')} is no ${wanted.join(' or ')}`;
    }
  }
  return undefined;
}

type FieldType = 'boolean' | 'number' | 'string' | 'list' | 'mapping' | 'duration';

function isOfType(value: unknown, type: FieldType): boolean {
  if (type === 'list') return Array.isArray(value);
  if (type === 'mapping') return typeof value === 'object' && value !== null && !Array.isArray(value);
  // Go's, and the 0 that people write.
  if (type === 'duration') {
    return !Array.isArray(value) && /^(?:0|(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+)$/.test(String(value));
  }
  return typeof value === type;
}

function inConfig(
  object: KubeObject,
  facts: KubeletFacts,
  { badField, withoutReview, otherField }: KubeletSetting,
  usual: string,
): Breach[] {
  const field = fieldIn(facts, usual, otherField);
  if (facts.configText === undefined) return [notReported(object, field, withoutReview)];
  if (facts.config === undefined) return [];
  const message = badField?.(dig(facts.config, ...field.split('.')));
  if (message === undefined) return [];
  return [{ ...inFile(object, facts, message, [field]), reviewPaths: [field], failedPaths: [field] }];
}

function onCommandLine(message: string, withoutReview?: true): Breach {
  return {
    message,
    ...(withoutReview === true ? {} : { reviewPaths: [] }),
    failedPaths: [],
    fixPaths: [],
  };
}

/** Whether a switch is on; one without a value is. */
export function isOn(value: string): boolean {
  return value === '' || /^(?:1|t|true)$/i.test(value);
}
