import type { KubeObject } from '../../model/object.ts';
import type { Program } from './cel/compile.ts';
import { Meter } from './cel/cost.ts';
import { CelError, CelUnknown, type Fault, isFault } from './cel/fault.ts';
import { CelRecord } from './cel/record.ts';
import type { CelValue } from './cel/values.ts';
import { isChosen, type Request } from './match.ts';
import { parametersOf } from './parameters.ts';
import type { Policy, Validation } from './policy.ts';
import type { BindingFields } from './policy-fields.ts';
import { variableValues } from './variables.ts';

/** A binding of a policy. */
export interface Binding {
  readonly name: string;
  readonly fields: BindingFields;
}

/** Why the object would not be let in, or why nobody can tell. */
export interface Denial {
  readonly message: string;
  /** What says no. */
  readonly validation?: Validation;
  readonly isUnknown?: true;
}

const longestMessage = 5 * 1024;

/**
 * What admission would say of creating the object: nothing where it would let it in, undefined where the policy is not about it.
 *
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
export function judgePolicy(
  policy: Policy,
  bindings: readonly Binding[],
  request: Request,
): readonly Denial[] | undefined {
  let isAbout = false;
  const denials: Denial[] = [];
  const isOfPolicy = isChosen(policy.fields.matchConstraints ?? {}, request);
  if (isOfPolicy === false) return undefined;
  for (const binding of bindings) {
    const isOfBinding = isChosen(binding.fields.matchResources ?? {}, request, true);
    if (isOfBinding === false) continue;
    const gap = [isOfPolicy, isOfBinding].find((one) => typeof one === 'string');
    const said = typeof gap === 'string' ? [unknown(gap)] : judgeBinding(policy, binding, request);
    if (said === undefined) continue;
    isAbout = true;
    denials.push(...said);
  }
  return isAbout ? denials : undefined;
}

function judgeBinding(policy: Policy, { fields }: Binding, request: Request): readonly Denial[] | undefined {
  const parameters = parametersOf(policy.fields.paramKind, fields, request);
  if ('missing' in parameters) {
    if (parameters.missing === 'Allow') return undefined;
    return policy.fields.failurePolicy === 'Ignore' ? [] : [{ message: parameters.what }];
  }
  const said = parameters.found.map((params) => new Judge(policy, request, params).denials());
  return said.every((one) => one === undefined) ? undefined : said.flatMap((one) => one ?? []);
}

function unknown(reason: string): Denial {
  return { message: reason, isUnknown: true };
}

/** One object, one policy, one parameter. */
class Judge {
  readonly #policy: Policy;
  readonly #meter = new Meter();
  readonly #values: (name: string) => CelValue | Fault | undefined;
  readonly #kept = new Map<string, CelValue | Fault>();
  readonly #variables: CelRecord;

  constructor(policy: Policy, request: Request, params: KubeObject | undefined) {
    this.#policy = policy;
    const values = variableValues(request, params);
    this.#variables = new CelRecord('kubernetes.variables', (name) => this.#variable(name));
    this.#values = (name) => (name === 'variables' ? this.#variables : values(name));
  }

  /** Undefined when a condition says that the policy is not about the object. */
  denials(): readonly Denial[] | undefined {
    const { validations, annotations, fields } = this.#policy;
    const condition = this.#conditions();
    if (condition !== undefined) return condition === 'none' ? undefined : [condition];
    const isIgnoring = fields.failurePolicy === 'Ignore';
    const denials = validations.flatMap((validation) => this.#validate(validation) ?? []);
    for (const { key, program } of annotations) {
      const found = this.#evaluate(program);
      // An annotation that goes wrong goes by the failure policy, as a validation does.
      if (found instanceof CelError && !isIgnoring)
        denials.push({ message: `the audit annotation "${key}" resulted in error: ${found.message}` });
    }
    return denials;
  }

  /** `none` when one of them is false, whatever the others say. */
  #conditions(): 'none' | Denial | undefined {
    let said: 'none' | Denial | undefined;
    for (const { name, program } of this.#policy.conditions) {
      const found = this.#evaluate(program);
      if (found === false) return 'none';
      if (found instanceof CelUnknown) said = unknown(found.reason);
      else if (found instanceof CelError && said === undefined)
        said =
          this.#policy.fields.failurePolicy === 'Ignore'
            ? 'none'
            : { message: `the match condition "${name}" resulted in error: ${found.message}` };
    }
    return said;
  }

  #validate(validation: Validation): Denial | undefined {
    const { program, path } = validation;
    const found = this.#evaluate(program);
    if (found === true) return undefined;
    if (found instanceof CelUnknown) return { ...unknown(`${path}: ${found.reason}`), validation };
    if (isFault(found)) {
      if (this.#policy.fields.failurePolicy === 'Ignore') return undefined;
      return {
        message: `expression '${program.text.trim()}' resulted in error: ${found.message}`,
        validation,
      };
    }
    return { message: this.#messageOf(validation), validation };
  }

  #messageOf({ program, message, messageProgram }: Validation): string {
    const said = messageProgram === undefined ? undefined : this.#evaluate(messageProgram);
    if (typeof said === 'string') {
      const trimmed = said.trim();
      if (trimmed !== '' && !trimmed.includes('\n') && trimmed.length <= longestMessage) return trimmed;
    }
    const written = message?.trim() ?? '';
    return written === '' ? `failed expression: ${program.text.trim()}` : written;
  }

  /** Worked out at the first use, once. */
  #variable(name: string): CelValue | Fault | undefined {
    const held = this.#kept.get(name);
    if (held !== undefined) return held;
    const program = this.#policy.variables.get(name);
    if (program === undefined) return undefined;
    const value = this.#evaluate(program, true);
    this.#kept.set(name, value);
    return value;
  }

  #evaluate(program: Program, isPart = false): CelValue | Fault {
    return program.evaluate(this.#values, this.#meter, isPart);
  }
}
