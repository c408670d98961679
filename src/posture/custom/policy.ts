import type { KubeObject } from '../../model/object.ts';
import { compile, type Program } from './cel/compile.ts';
import { CelCompileError, placeIn } from './cel/compile-error.ts';
import { bool, type CelType, string } from './cel/types.ts';
import { type FieldProblem, faultsOf, type PolicyFields, policyShape } from './policy-fields.ts';
import { variableTypes } from './variables.ts';

/** A validation that is ready to be asked. */
export interface Validation {
  readonly path: string;
  readonly program: Program;
  readonly message?: string;
  readonly messageProgram?: Program;
}

/** A ValidatingAdmissionPolicy with its expressions compiled. */
export interface Policy {
  readonly name: string;
  readonly object: KubeObject;
  readonly fields: PolicyFields;
  readonly conditions: readonly { readonly name: string; readonly program: Program }[];
  readonly variables: ReadonlyMap<string, Program>;
  readonly validations: readonly Validation[];
  readonly annotations: readonly { readonly key: string; readonly program: Program }[];
}

/**
 * Reads a policy and compiles its expressions, all of them, so that everything that is wrong is said at once.
 *
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/validating-admission-policy-v1/
 */
export function readPolicy(object: KubeObject): Policy | readonly FieldProblem[] {
  const faults = faultsOf(object['spec'], policyShape, 'spec');
  if (faults.length > 0) return faults;
  const fields = object['spec'] as PolicyFields;
  const reader = new PolicyReader(fields.paramKind !== undefined);
  const { validations = [], auditAnnotations = [], matchConditions = [], variables = [] } = fields;
  if (validations.length === 0 && auditAnnotations.length === 0)
    reader.problems.push({
      path: 'spec.validations',
      message: 'a policy needs validations or auditAnnotations',
    });
  const conditions = matchConditions.flatMap(({ name, expression }, i) => {
    const program = reader.condition(expression, `spec.matchConditions[${i}].expression`);
    return program === undefined ? [] : [{ name, program }];
  });
  for (const [i, { name, expression }] of variables.entries())
    reader.variable(name, expression, `spec.variables[${i}]`);
  const asked = validations.flatMap((one, i) => reader.validation(one, `spec.validations[${i}]`));
  const annotations = auditAnnotations.flatMap(({ key, valueExpression }, i) => {
    const path = `spec.auditAnnotations[${i}].valueExpression`;
    const program = reader.compiled(valueExpression, path, [string, { kind: 'null_type' }]);
    return program === undefined ? [] : [{ key, program }];
  });
  if (reader.problems.length > 0) return reader.problems;
  const { name } = object.metadata;
  return { name, object, fields, conditions, variables: reader.variables, validations: asked, annotations };
}

class PolicyReader {
  readonly problems: FieldProblem[] = [];
  readonly variables = new Map<string, Program>();
  readonly #hasParams: boolean;
  readonly #types = new Map<string, CelType>();

  constructor(hasParams: boolean) {
    this.#hasParams = hasParams;
  }

  condition(expression: string, path: string): Program | undefined {
    // Of the object and the request alone: variables are worked out for what matches.
    return this.#try(expression, path, variableTypes({ params: this.#hasParams, authorizer: true }), [bool]);
  }

  variable(name: string, expression: string, path: string): void {
    if (!/^[A-Za-z_]\w*$/.test(name) || this.#types.has(name)) {
      const message = this.#types.has(name)
        ? 'there is a variable of this name already'
        : 'must be an identifier';
      this.problems.push({ path: `${path}.name`, message });
      return;
    }
    const program = this.compiled(expression, `${path}.expression`);
    // One that does not compile is said once, not again where it is used.
    this.#types.set(name, program?.type ?? { kind: 'dyn' });
    if (program !== undefined) this.variables.set(name, program);
  }

  validation(
    { expression, message, messageExpression }: NonNullable<PolicyFields['validations']>[number],
    path: string,
  ): Validation[] {
    const program = this.compiled(expression, `${path}.expression`, [bool]);
    const messageProgram =
      messageExpression === undefined
        ? undefined
        : this.compiled(messageExpression, `${path}.messageExpression`, [string], false);
    if (program === undefined) return [];
    return [
      {
        path,
        program,
        ...(message === undefined ? {} : { message }),
        ...(messageProgram === undefined ? {} : { messageProgram }),
      },
    ];
  }

  compiled(
    expression: string,
    path: string,
    returns?: readonly CelType[],
    authorizer = true,
  ): Program | undefined {
    const types = variableTypes({ params: this.#hasParams, authorizer });
    types.set('variables', { kind: 'object', name: 'kubernetes.variables', fields: this.#types });
    return this.#try(expression, path, types, returns);
  }

  #try(
    expression: string,
    path: string,
    variables: ReadonlyMap<string, CelType>,
    returns?: readonly CelType[],
  ): Program | undefined {
    try {
      return compile(expression, { variables, ...(returns === undefined ? {} : { returns }) });
    } catch (error) {
      if (!(error instanceof CelCompileError)) throw error;
      const line = placeIn(expression, error.issues[0]?.at ?? 0).line - 1;
      this.problems.push({ path, message: `does not compile\n${error.message}`, line });
      return undefined;
    }
  }
}
