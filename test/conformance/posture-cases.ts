import type { KubeObject } from '../../src/model/object.ts';
import type { Breach, Check, ClusterView, ControlInputs } from '../../src/posture/control.ts';
import { controls } from '../../src/posture/controls/index.generated.ts';

/** One line of a case file: objects in, a rule's responses out. */
export interface PostureCase {
  readonly rule: string;
  /** A file of ValidatingAdmissionPolicies, beside the case file, when the rule is one of them. */
  readonly policies?: string;
  readonly case: string;
  readonly input: readonly KubeObject[];
  readonly data?: {
    readonly postureControlInputs?: ControlInputs;
    readonly dataControlInputs?: { readonly cloudProvider?: string };
  } | null;
  readonly expected: readonly Readonly<Record<string, unknown>>[];
}

/** Undefined when the case passes; else what differs, for people. `exceptFixes`: what to set fields to is not compared. */
export function problemOf(
  one: PostureCase,
  defaults: ControlInputs,
  {
    exceptFixes = false,
    custom = [],
  }: { readonly exceptFixes?: boolean; readonly custom?: readonly Check[] } = {},
): string | undefined {
  const check = custom.find(({ rule }) => rule === one.rule) ?? checks.get(one.rule);
  if (check === undefined) return 'the rule is not built';
  const expected = one.expected.map(expectedResponse).sort(byText);
  let found: string[];
  try {
    found = respond(check, one, inputsOf(one, defaults)).sort(byText);
  } catch (error) {
    return `it crashed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
  const [wanted, given] = exceptFixes
    ? [expected.map(withoutFixes).sort(byText), found.map(withoutFixes).sort(byText)]
    : [expected, found];
  const missing = without(wanted, given);
  const extra = without(given, wanted);
  if (missing.length === 0 && extra.length === 0) return undefined;
  return [
    `${expected.length} responses expected, ${found.length} found`,
    ...missing.map((text) => `  expected: ${short(text)}`),
    ...extra.map((text) => `  found:    ${short(text)}`),
  ].join('\n');
}

function withoutFixes(response: string): string {
  return JSON.stringify({ ...(JSON.parse(response) as object), fixPaths: null });
}

export function isBuilt(rule: string): boolean {
  return checks.has(rule);
}

const checks: ReadonlyMap<string, Check> = new Map(
  controls.flatMap((control) => control.checks.map((check) => [check.rule, check])),
);

/** Upstream hands the name of the cloud over apart from the inputs. */
function inputsOf({ data }: PostureCase, defaults: ControlInputs): ControlInputs {
  const cloud = data?.dataControlInputs?.cloudProvider;
  return {
    ...defaults,
    ...data?.postureControlInputs,
    ...(cloud === undefined ? {} : { cloudProvider: [cloud] }),
  };
}

/** Upstream answers with one response about nothing where a person has to look. */
const manualResponse: Breach = { message: '', objects: [], failedPaths: [], fixPaths: [] };

function respond(check: Check, one: PostureCase, inputs: ControlInputs): string[] {
  if (check.manual !== undefined) {
    return [foundResponse({ apiVersion: '', kind: '', metadata: { name: '' } }, manualResponse)];
  }
  const objects = one.input.map(withMetadata);
  const context = { view: viewOf(objects), inputs };
  const found = objects
    .filter(
      (object) =>
        (check.kinds.includes('*') || check.kinds.includes(object.kind)) &&
        (check.applies?.(object, context) ?? true),
    )
    .flatMap((object) =>
      check
        .judge(object, context)
        .filter(({ unknown }) => unknown !== true)
        .map((breach) => ({ object, breach })),
    );
  const [first] = found;
  if (check.isOneResponse === true && first !== undefined) {
    return [foundResponse(first.object, { ...first.breach, objects: found.map(({ object }) => object) })];
  }
  return found.map(({ object, breach }) => foundResponse(object, breach));
}

/** Upstream's reader gives host data without metadata an empty name, which then shows in its responses. */
function withMetadata(object: KubeObject): KubeObject {
  const isHostData = String(object.apiVersion).startsWith('hostdata.kubescape.cloud/');
  return object.metadata === undefined && isHostData ? { ...object, metadata: { name: '' } } : object;
}

export function viewOf(objects: readonly KubeObject[]): ClusterView {
  // Upstream's cases give cluster-scoped roles a namespace here and there.
  const namespaceOf = ({ kind, metadata }: KubeObject) =>
    kind === 'ClusterRole' || kind === 'ClusterRoleBinding' ? '' : (metadata?.namespace ?? '');
  return {
    get: (kind, namespace, name) =>
      objects.find((o) => o.kind === kind && namespaceOf(o) === namespace && o.metadata?.name === name),
    list: (kind, namespace) =>
      objects.filter((o) => o.kind === kind && (namespace === undefined || namespaceOf(o) === namespace)),
  };
}

/** A response as it is compared, as text with sorted keys. */
interface Response {
  readonly objects: readonly unknown[];
  readonly external: unknown;
  readonly failedPaths: unknown;
  readonly reviewPaths: unknown;
  readonly deletePaths: unknown;
  readonly fixPaths: unknown;
  readonly fixCommand: unknown;
  readonly related: readonly unknown[];
}

function foundResponse(object: KubeObject, breach: Breach): string {
  const { external } = breach;
  const own = breach.objects ?? (external === undefined ? [object] : []);
  // What is derived (an RBAC subject) carries what it is derived from; upstream does not name that twice.
  const isCarried = isFields(external) && external['relatedObjects'] !== undefined;
  return textOf({
    objects: own.map(({ apiVersion, kind, metadata }) => ({
      apiVersion,
      kind,
      metadata: { name: metadata?.name, labels: metadata?.labels },
    })),
    external: orNone(external),
    failedPaths: breach.failedPaths ?? null,
    reviewPaths: breach.reviewPaths ?? null,
    deletePaths: breach.deletePaths ?? null,
    fixPaths: breach.fixPaths ?? null,
    fixCommand: breach.fixCommand ?? '',
    related: isCarried
      ? []
      : (breach.related ?? []).map((object, i) => relatedResponse({ object, ...breach.relatedPlaces?.[i] })),
  });
}

function expectedResponse(raw: Readonly<Record<string, unknown>>): string {
  const response = lowered(raw);
  const alert = lowered(isFields(response['alertobject']) ? response['alertobject'] : {});
  return textOf({
    objects: listOf(alert['k8sapiobjects']),
    external: orNone(alert['externalobjects']),
    ...pathsOf(response),
    fixCommand: response['fixcommand'] ?? '',
    related: listOf(response['relatedobjects']).map(relatedResponse),
  });
}

function relatedResponse(raw: unknown): unknown {
  const related = lowered(isFields(raw) ? raw : {});
  return { object: related['object'] ?? null, ...pathsOf(related), fixCommand: related['fixcommand'] ?? '' };
}

function pathsOf(response: Readonly<Record<string, unknown>>) {
  const { failedpaths, reviewpaths, deletepaths, fixpaths } = response;
  return {
    failedPaths: failedpaths ?? null,
    reviewPaths: reviewpaths ?? null,
    deletePaths: deletepaths ?? null,
    fixPaths: Array.isArray(fixpaths)
      ? fixpaths.map((fix: { path?: string; value?: string }) => ({
          path: fix.path ?? '',
          value: fix.value ?? '',
        }))
      : null,
  };
}

function lowered(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key.toLowerCase(), value]));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** An empty object is the same as none. */
function orNone(value: unknown): unknown {
  return isFields(value) && Object.keys(value).length > 0 ? value : null;
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(response: Response): string {
  return JSON.stringify(response, (_, value: unknown) =>
    isFields(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => byText(a, b))) : value,
  );
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What is in the first list and not, or less often, in the second. */
function without(list: readonly string[], other: readonly string[]): string[] {
  const left = [...other];
  return list.filter((text) => {
    const at = left.indexOf(text);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function short(text: string): string {
  return text.length > 1500 ? `${text.slice(0, 1500)}…` : text;
}
