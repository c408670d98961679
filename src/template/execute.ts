import { and, call as callFunction, or } from './builtins.ts';
import { callMessage, coerce, coerceLiteral } from './call.ts';
import { elementsOf } from './elements.ts';
import { errorAt } from './error-at.ts';
import { formatPrint } from './format.ts';
import type { TemplateFunction } from './function.ts';
import type {
  AnyNode,
  BranchNode,
  CommandNode,
  Definition,
  Node,
  Operand,
  PipeNode,
  TemplateNode,
} from './node.ts';
import { show } from './node.ts';
import { quote } from './quote.ts';
import type { Receiver, Scope, Sink, Variable } from './scope.ts';
import { TemplateError } from './template-error.ts';
import {
  entryOf,
  fieldOf,
  GoMap,
  hasEntry,
  holdsAnything,
  isTrue,
  itemsOf,
  kindOf,
  methodOf,
  typeName,
} from './value.ts';

/** No value came down the pipeline; `undefined` would be one. */
const nothing = Symbol('nothing');

type Flow = 'next' | 'break' | 'continue';

/** One rendering of a template. Source: https://pkg.go.dev/text/template */
export class Execution {
  readonly #scope: Scope;
  readonly #sink: Sink;
  #definition: Definition;
  #node: AnyNode | undefined;
  #variables: Variable[] = [];
  #depth = 0;
  #steps = 0;
  /** Whether the dot is boxed, as a variable may be. */
  #isDotBoxed = false;

  constructor(scope: Scope, sink: Sink, definition: Definition) {
    this.#scope = scope;
    this.#sink = sink;
    this.#definition = definition;
  }

  /** @throws {TemplateError} */
  run(data: unknown): void {
    this.#variables = [{ name: '$', value: data }];
    try {
      this.#walk(data, this.#definition.root);
    } catch (error) {
      // Every level of nesting takes stack: what exceeds it is too deep, whichever limit it kept.
      if (error instanceof RangeError && /call stack/i.test(error.message))
        this.fail('exceeded the depth to which templates may nest');
      throw error;
    }
  }

  #walk(dot: unknown, node: Node): Flow {
    this.#node = node;
    this.#spend(1);
    switch (node.kind) {
      case 'text':
        this.#sink.text(node.text);
        this.#checkOutput();
        return 'next';
      case 'action': {
        const value = this.#pipeline(dot, node.pipe);
        if (node.pipe.variables.length === 0) this.#print(node, value);
        return 'next';
      }
      case 'list':
        for (const child of node.nodes) {
          const flow = this.#walk(dot, child);
          if (flow !== 'next') return flow;
        }
        return 'next';
      case 'range':
        return this.#range(dot, node);
      case 'if':
      case 'with':
        return this.#branch(dot, node);
      case 'template':
        this.#template(dot, node);
        return 'next';
      default:
        return node.kind;
    }
  }

  #branch(dot: unknown, node: BranchNode): Flow {
    const mark = this.#variables.length;
    const value = this.#pipeline(dot, node.pipe);
    let flow: Flow = 'next';
    const outer = this.#isDotBoxed;
    if (isTrue(value)) {
      // What comes out of a pipeline has been taken out of its box.
      if (node.kind === 'with') this.#isDotBoxed = false;
      flow = this.#walk(node.kind === 'with' ? value : dot, node.list);
      this.#isDotBoxed = outer;
    } else if (node.elseList !== undefined) flow = this.#walk(dot, node.elseList);
    this.#variables.length = mark;
    return flow;
  }

  #range(dot: unknown, node: BranchNode): Flow {
    const outer = this.#variables.length;
    const value = this.#pipeline(dot, node.pipe);
    const mark = this.#variables.length;
    let turns = 0;
    const isOuterBoxed = this.#isDotBoxed;
    const isBoxed = holdsAnything(value);
    for (const [index, element] of elementsOf(
      value,
      node.pipe.variables.length,
      (problem) => this.fail(problem),
      (shown) => this.#show(shown),
    )) {
      turns++;
      this.#spend(1);
      this.#setLoopVariables(node.pipe, mark, index, element, isBoxed);
      this.#isDotBoxed = isBoxed;
      const flow = this.#walk(element, node.list);
      this.#variables.length = mark;
      if (flow === 'break') break;
    }
    this.#isDotBoxed = isOuterBoxed;
    let flow: Flow = 'next';
    // Outside of the loop: a `break` in the else part belongs to a range around this one.
    if (turns === 0 && node.elseList !== undefined) flow = this.#walk(dot, node.elseList);
    this.#variables.length = outer;
    return flow;
  }

  #setLoopVariables(
    { variables, isAssignment }: PipeNode,
    mark: number,
    index: unknown,
    element: unknown,
    isBoxed: boolean,
  ): void {
    const [first, second] = variables;
    if (first === undefined) return;
    if (isAssignment) {
      this.#assign(first, second === undefined ? element : index, second === undefined && isBoxed);
      if (second !== undefined) this.#assign(second, element, isBoxed);
      return;
    }
    // They were declared by the pipeline, so they are the last ones before the body's own.
    this.#setAt(mark - 1, element, isBoxed);
    if (second !== undefined) this.#setAt(mark - 2, index);
  }

  #setAt(at: number, value: unknown, isBoxed = false): void {
    const variable = this.#variables[at];
    if (variable === undefined) return;
    variable.value = value;
    variable.isBoxed = isBoxed;
  }

  #template(dot: unknown, node: TemplateNode): void {
    const definition = this.#scope.definitions.get(node.name);
    if (definition === undefined) this.fail(`template ${quote(node.name)} not defined`);
    if (this.#depth >= this.#scope.limits.depth)
      this.fail(`exceeded maximum template depth (${this.#scope.limits.depth})`);
    const inner = node.pipe === undefined ? undefined : this.#pipeline(dot, node.pipe);
    const outer = {
      definition: this.#definition,
      variables: this.#variables,
      isDotBoxed: this.#isDotBoxed,
    };
    this.#isDotBoxed = false;
    this.#definition = definition;
    this.#variables = [{ name: '$', value: inner }];
    this.#depth++;
    this.#walk(inner, definition.root);
    this.#depth--;
    this.#definition = outer.definition;
    this.#variables = outer.variables;
    this.#isDotBoxed = outer.isDotBoxed;
  }

  #pipeline(dot: unknown, pipe: PipeNode): unknown {
    this.#node = pipe;
    let value: unknown = nothing;
    for (const command of pipe.commands) {
      value = this.#command(dot, command, value);
      // A nil that came in an interface is no value from here on.
      if (value === null) value = undefined;
    }
    for (const name of pipe.variables) {
      if (pipe.isAssignment) this.#assign(name, value);
      else this.#variables.push({ name, value });
    }
    return value;
  }

  #assign(name: string, value: unknown, isBoxed = false): void {
    const variable = this.#variable(name);
    variable.value = value;
    variable.isBoxed = isBoxed;
  }

  #variable(name: string): Variable {
    const variable = this.#variables.findLast((known) => known.name === name);
    if (variable === undefined) return this.fail(`undefined variable: ${name}`);
    return variable;
  }

  #command(dot: unknown, { args, ...command }: CommandNode, final: unknown): unknown {
    const first = args[0];
    if (first === undefined) return undefined;
    switch (first.kind) {
      case 'field':
      case 'chain':
      case 'variable':
      case 'identifier':
        return this.#callable(dot, first, args.slice(1), final, { args, ...command });
      case 'pipe':
        this.#refuseArguments(args, final);
        return this.#pipeline(dot, first);
      case 'nil':
        this.#node = first;
        this.#refuseArguments(args, final);
        return this.fail('nil is not a command');
      default:
        this.#node = first;
        this.#refuseArguments(args, final);
        return this.#literal(dot, first);
    }
  }

  #refuseArguments(args: readonly Operand[], final: unknown): void {
    if (args.length > 1 || final !== nothing)
      this.fail(`can't give argument to non-function ${args[0] === undefined ? '' : show(args[0])}`);
  }

  /** A function, or a field or variable that may end in a method. */
  #callable(
    dot: unknown,
    node: Operand,
    args: readonly Operand[],
    final: unknown,
    whole: AnyNode = node,
  ): unknown {
    this.#node = node;
    switch (node.kind) {
      case 'field':
        return this.#fields(dot, { value: dot, isBoxed: this.#isDotBoxed }, node, node.names, args, final);
      case 'chain': {
        if (node.node.kind === 'nil') this.fail(`indirection through explicit nil in ${show(node)}`);
        const value = this.#argument(dot, node.node, undefined);
        return this.#fields(dot, { value, isBoxed: false }, node, node.names, args, final);
      }
      case 'variable': {
        const variable = this.#variable(node.names[0] ?? '');
        if (node.names.length > 1) {
          const receiver = { value: variable.value, isBoxed: variable.isBoxed === true };
          return this.#fields(dot, receiver, node, node.names.slice(1), args, final);
        }
        this.#refuseArguments([node, ...args], final);
        return variable.value;
      }
      case 'identifier': {
        const called = this.#scope.functions.get(node.name);
        if (called === undefined) return this.fail(`${quote(node.name)} is not a defined function`);
        return this.#call(dot, called, whole, node.name, args, final);
      }
      default:
        return this.#literal(dot, node);
    }
  }

  #literal(dot: unknown, node: Operand): unknown {
    switch (node.kind) {
      case 'dot':
        return dot;
      case 'pipe':
        return this.#pipeline(dot, node);
      case 'nil':
        return undefined;
      case 'bool':
      case 'string':
      case 'number':
        return coerceLiteral(node, 'any', (problem) => this.fail(problem));
      default:
        return this.#callable(dot, node, [], nothing);
    }
  }

  #fields(
    dot: unknown,
    receiver: Receiver,
    node: AnyNode,
    names: readonly string[],
    args: readonly Operand[],
    final: unknown,
  ): unknown {
    let at = receiver;
    names.forEach((name, i) => {
      const isLast = i === names.length - 1;
      const value = this.#field(dot, at, node, name, isLast ? args : [], isLast ? final : nothing);
      at = { value, isBoxed: kindOf(at.value) === 'map' && holdsAnything(at.value) };
    });
    return at.value;
  }

  #field(
    dot: unknown,
    { value: receiver, isBoxed }: Receiver,
    node: AnyNode,
    name: string,
    args: readonly Operand[],
    final: unknown,
  ): unknown {
    if (receiver === undefined) {
      if (this.#scope.missingKey === 'error') this.fail(`nil data; no entry for key ${quote(name)}`);
      return undefined;
    }
    if (receiver === null) this.fail(`nil pointer evaluating interface {}.${name}`);
    const method = methodOf(receiver, name);
    if (method !== undefined) return this.#call(dot, method, node, name, args, final);
    const hasArguments = args.length > 0 || final !== nothing;
    const kind = kindOf(receiver);
    if (kind === 'struct') {
      const field = fieldOf(receiver as object, name);
      if (field !== undefined) {
        if (hasArguments) this.fail(`${name} has arguments but cannot be invoked as function`);
        return field[0] ?? null;
      }
    }
    if (kind === 'map') {
      if (hasArguments) this.fail(`${name} is not a method but has arguments`);
      return this.#entry(receiver, name);
    }
    return this.fail(`can't evaluate field ${name} in type ${isBoxed ? 'interface {}' : typeName(receiver)}`);
  }

  #entry(map: unknown, name: string): unknown {
    if (hasEntry(map, name)) return entryOf(map, name) ?? null;
    switch (this.#scope.missingKey) {
      case 'error':
        return this.fail(`map has no entry for key ${quote(name)}`);
      case 'zero':
        return (map instanceof GoMap ? map.zero : undefined) ?? null;
      default:
        return undefined;
    }
  }

  #call(
    dot: unknown,
    called: TemplateFunction,
    node: AnyNode,
    name: string,
    args: readonly Operand[],
    final: unknown,
  ): unknown {
    const { parameters, rest, call } =
      typeof called === 'function' ? { parameters: [], rest: 'any', call: called } : called;
    const given = args.length + (final === nothing ? 0 : 1);
    if (rest === undefined ? given !== parameters.length : given < parameters.length) {
      const want =
        rest === undefined
          ? `want ${parameters.length} got ${given}`
          : `want at least ${parameters.length} got ${args.length}`;
      this.fail(`wrong number of args for ${name}: ${want}`);
    }
    if (called === callFunction) return this.#callValue(dot, node, args, final);
    if (called === and || called === or) return this.#shortCircuit(dot, called === or, args, final);
    const values = args.map((arg, i) => this.#argument(dot, arg, parameters[i] ?? rest));
    if (final !== nothing) {
      const type = parameters[values.length] ?? rest;
      values.push(coerce(final, type, (problem) => this.fail(problem)));
    }
    let result: unknown;
    try {
      result = (call as (...values: unknown[]) => unknown)(...values);
    } catch (error) {
      if (error instanceof TemplateError) throw error;
      if (error instanceof RangeError && /call stack/i.test(error.message)) throw error;
      this.#node = node;
      return this.fail(`error calling ${name}: ${callMessage(error)}`, error);
    }
    this.#spend(1);
    this.#spendOn(result);
    return result;
  }

  /** `call`: its message names what it was given. */
  #callValue(dot: unknown, node: AnyNode, args: readonly Operand[], final: unknown): unknown {
    const values = args.map((arg) => this.#argument(dot, arg, 'any'));
    if (final !== nothing) values.push(final);
    const [value, ...rest] = values;
    const name = args[0] === undefined ? String(final) : show(args[0]);
    this.#node = node;
    if (value === undefined || value === null) return this.fail('error calling call: call of nil');
    if (typeof value !== 'function')
      return this.fail(`error calling call: non-function ${name} of type ${typeName(value)}`);
    try {
      return (value as (...args: unknown[]) => unknown)(...rest);
    } catch (error) {
      return this.fail(`error calling call: ${callMessage(error)}`, error);
    }
  }

  /** `and` and `or` evaluate no more arguments than they need. */
  #shortCircuit(dot: unknown, isOr: boolean, args: readonly Operand[], final: unknown): unknown {
    let value: unknown;
    for (const arg of args) {
      value = this.#argument(dot, arg, 'any');
      if (isTrue(value) === isOr) return value;
    }
    return final === nothing ? value : final;
  }

  #argument(dot: unknown, node: Operand, type: string | undefined): unknown {
    this.#node = node;
    const fail = (problem: string): never => this.fail(problem);
    switch (node.kind) {
      case 'nil':
        if (type === undefined || type === 'any' || /^(?:\[\]|map)/.test(type))
          return coerce(undefined, type, fail);
        return this.fail(`cannot assign nil to ${type}`);
      case 'bool':
      case 'number':
      case 'string':
        return coerceLiteral(node, type ?? 'any', fail);
      default:
        return coerce(this.#literal(dot, node), type, fail);
    }
  }

  #print(node: Node, value: unknown): void {
    this.#node = node;
    if (kindOf(value) === 'func') this.fail(`can't print ${show(node)} of type ${typeName(value)}`);
    try {
      this.#sink.value(value, (shown) => this.#show(shown));
    } catch (error) {
      if (error instanceof TemplateError || error instanceof RangeError) throw error;
      this.fail(callMessage(error), error);
    }
    this.#checkOutput();
  }

  #show(value: unknown): string {
    try {
      return formatPrint([value], this.#scope.limits.output, '<no value>');
    } catch (error) {
      return this.fail(callMessage(error), error);
    }
  }

  #checkOutput(): void {
    if (this.#sink.length > this.#scope.limits.output)
      this.fail(`output exceeds ${this.#scope.limits.output} characters`);
  }

  /** Long strings and lists cost by their length, so that growing them step by step ends soon. */
  #spendOn(result: unknown): void {
    const length =
      typeof result === 'string'
        ? result.length
        : kindOf(result) === 'slice'
          ? itemsOf(result).length * 16
          : 0;
    if (length > this.#scope.limits.output * 2)
      this.fail(`a value exceeds ${this.#scope.limits.output} characters`);
    this.#spend(length >> 5);
  }

  #spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps > this.#scope.limits.steps) this.fail(`exceeded ${this.#scope.limits.steps} steps`);
  }

  /** @throws {TemplateError} always, with the place of the node that is being evaluated. */
  fail(problem: string, cause?: unknown): never {
    throw errorAt(this.#definition, this.#node, problem, cause);
  }
}
