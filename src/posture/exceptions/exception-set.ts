import { type SafeRegex, safeRegex } from '../../kit/regex.ts';
import { groupOf, type KubeObject } from '../../model/object.ts';
import type { Evidence } from '../../model/verdict.ts';
import type { Control } from '../control.ts';
import type { Judgement } from '../engine-judge.ts';
import type { ExceptionPolicy, ExceptionScope, PostureException } from './posture-exception.ts';

export interface ExceptionSurroundings {
  /** The cluster's name. */
  readonly cluster: string;
  /** Names of the frameworks that have a control. */
  readonly frameworksOf: (controlId: string) => readonly string[];
}

/** Exceptions that are in force, ready to be asked often. Make a new set when one comes, goes or expires. */
export class ExceptionSet {
  readonly #exceptions: readonly Compiled[];
  readonly #around: ExceptionSurroundings;
  readonly #used = new Set<PostureException>();
  /** Those whose policies take a control in. */
  readonly #byControl = new Map<string, readonly Compiled[]>();

  /** @throws {BadInputError} for a pattern that is no regular expression. */
  constructor(exceptions: readonly PostureException[], around: ExceptionSurroundings) {
    this.#around = around;
    this.#exceptions = exceptions.map(compiled);
  }

  /** Those that have not excepted anything so far. */
  get unused(): readonly PostureException[] {
    return this.#exceptions.map(({ exception }) => exception).filter((one) => !this.#used.has(one));
  }

  get isEmpty(): boolean {
    return this.#exceptions.length === 0;
  }

  /**
   * The judgement with its exceptions: evidence that is excepted is left out as long as other is left, and a failure of
   * which nothing else is left is excepted, with what is wrong still told.
   */
  applied(control: Control, object: KubeObject, judgement: Judgement): Judgement {
    if (judgement.state !== 'fail') return judgement;
    const candidates = this.#of(control).map(({ exception, scopes }) => ({
      exception,
      scopes: scopes.filter((scope) => this.#covers(scope, object)),
    }));
    const open: Evidence[] = [];
    let used: PostureException | undefined;
    for (const evidence of judgement.evidence) {
      const found = candidates.find(({ scopes }) => scopes.some((scope) => coversEvidence(scope, evidence)));
      if (found === undefined) open.push(evidence);
      else {
        this.#used.add(found.exception);
        used ??= found.exception;
      }
    }
    if (used === undefined) return judgement;
    if (open.length > 0) return { ...judgement, evidence: open };
    return { ...judgement, state: 'excepted', reason: reasonOf(used), exception: used.name };
  }

  #of(control: Control): readonly Compiled[] {
    const held = this.#byControl.get(control.id);
    if (held !== undefined) return held;
    const found = this.#exceptions.filter(
      ({ policies }) => policies.length === 0 || policies.some((policy) => this.#isMeant(policy, control)),
    );
    this.#byControl.set(control.id, found);
    return found;
  }

  #isMeant(policy: Patterns<keyof ExceptionPolicy>, control: Control): boolean {
    return (
      fits(policy.controlId, control.id) &&
      fits(policy.controlName, control.name) &&
      fitsAny(policy.framework, this.#around.frameworksOf(control.id)) &&
      fitsAny(
        policy.rule,
        control.checks.map(({ rule }) => rule),
      )
    );
  }

  #covers({ patterns, labels }: CompiledScope, object: KubeObject): boolean {
    const { name, namespace = '', labels: own, annotations } = object.metadata ?? {};
    return (
      fits(patterns.cluster, this.#around.cluster) &&
      fits(patterns.namespace, object.kind === 'Namespace' ? (name ?? '') : namespace) &&
      fits(patterns.kind, object.kind) &&
      fits(patterns.name, name ?? '') &&
      fits(patterns.apiGroup, groupOf(object.apiVersion ?? '')) &&
      labels.every(([key, value]) => own?.[key] === value || annotations?.[key] === value)
    );
  }
}

type Patterns<Key extends string> = Readonly<Partial<Record<Key, SafeRegex>>>;

interface Compiled {
  readonly exception: PostureException;
  readonly scopes: readonly CompiledScope[];
  readonly policies: readonly Patterns<keyof ExceptionPolicy>[];
}

interface CompiledScope {
  readonly patterns: Patterns<(typeof scopeKeys)[number]>;
  readonly labels: readonly (readonly [string, string])[];
  readonly path: string | undefined;
  readonly container: string | undefined;
}

const scopeKeys = ['cluster', 'namespace', 'kind', 'name', 'apiGroup'] as const;
const policyKeys = ['controlId', 'controlName', 'framework', 'rule'] as const;

function compiled(exception: PostureException): Compiled {
  return {
    exception,
    scopes: exception.scopes.filter(saysSomething).map((scope) => ({
      patterns: patternsOf(scope, scopeKeys),
      labels: Object.entries(scope.labels ?? {}),
      path: scope.path,
      container: scope.container,
    })),
    policies: exception.policies.map((policy) => patternsOf(policy, policyKeys)),
  };
}

/** A scope without anything would be one for everything, which nobody means. */
function saysSomething(scope: ExceptionScope): boolean {
  return Object.values(scope).some((value) =>
    typeof value === 'object' ? Object.keys(value).length > 0 : value !== undefined && value !== '',
  );
}

function patternsOf<Key extends string>(
  from: Readonly<Partial<Record<Key, unknown>>>,
  keys: readonly Key[],
): Patterns<Key> {
  const patterns: Partial<Record<Key, SafeRegex>> = {};
  for (const key of keys) {
    const text = from[key];
    if (typeof text === 'string' && text !== '') patterns[key] = safeRegex(`(?i:${text})`);
  }
  return patterns;
}

function fits(pattern: SafeRegex | undefined, text: string): boolean {
  return pattern === undefined || pattern.matches(text);
}

function fitsAny(pattern: SafeRegex | undefined, texts: readonly string[]): boolean {
  return pattern === undefined || texts.some((text) => pattern.matches(text));
}

function coversEvidence({ path, container }: CompiledScope, evidence: Evidence): boolean {
  const isAtPath =
    path === undefined ||
    [evidence.path, evidence.stablePath].some(
      (at) => at === path || at.startsWith(`${path}.`) || at.startsWith(`${path}[`),
    );
  return isAtPath && (container === undefined || containerOf(evidence) === container);
}

/** The name of the container that evidence is about, from its path. */
function containerOf({ stablePath }: Evidence): string | undefined {
  return /[cC]ontainers\[name=([^\]]*)\]/.exec(stablePath)?.[1];
}

function reasonOf({ name, reason, owner, expiresAtMs }: PostureException): string {
  const until = expiresAtMs === undefined ? '' : ` until ${new Date(expiresAtMs).toISOString().slice(0, 10)}`;
  const by = owner === undefined ? '' : ` by ${owner}`;
  return `excepted${by}${until} (${name})${reason === undefined || reason === '' ? '' : `: ${reason}`}`;
}
