import { BadInputError } from '../kit/app-error.ts';
import { builtins, htmlInHtml, urlqueryInHtml } from './builtins.ts';
import { Execution } from './execute.ts';
import type { TemplateFunction } from './function.ts';
import { HtmlSink } from './html-sink.ts';
import { defaultLimits, type Limits } from './limits.ts';
import type { Definition } from './node.ts';
import { isEmpty, parse } from './parser.ts';
import { quote } from './quote.ts';
import type { Sink } from './scope.ts';
import { TemplateError } from './template-error.ts';

export type { TemplateFunction, TypedFunction } from './function.ts';
export { typed } from './function.ts';
export type { Limits } from './limits.ts';
export { TemplateError } from './template-error.ts';

/** What a map gives for a key that it does not have: `<no value>`, the zero value of its elements, or an error. */
export type MissingKey = 'default' | 'zero' | 'error';

export interface TemplatesOptions {
  /** Functions beside Go's own; one with the name of a built-in replaces it. */
  readonly functions?: Readonly<Record<string, TemplateFunction>>;
  readonly missingKey?: MissingKey;
  readonly limits?: Partial<Limits>;
}

export interface RenderOptions {
  /** The name that error messages give the template; '' unless told. */
  readonly name?: string;
  /**
   * Escapes what is inserted for its place in HTML, as Go's html/template does. What cannot be made safe is an error:
   * a value within a script, an event handler, the name of a tag or an attribute.
   */
  readonly html?: boolean;
}

/** Parsed texts by themselves, so that a message's templates are parsed once. */
const parsedAtMost = 500;

/**
 * A set of Go templates (text/template) that can use one another. What data may be: see `value.ts`.
 *
 * Source: https://pkg.go.dev/text/template
 */
export class Templates {
  readonly #functions: Map<string, TemplateFunction>;
  readonly #htmlFunctions: Map<string, TemplateFunction>;
  readonly #missingKey: MissingKey;
  readonly #limits: Limits;
  readonly #definitions: Map<string, Definition>;
  readonly #parsed = new Map<string, readonly Definition[]>();

  constructor(options: TemplatesOptions = {}, definitions: ReadonlyMap<string, Definition> = new Map()) {
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#functions = builtins(this.#limits);
    this.#missingKey = options.missingKey ?? 'default';
    for (const [name, called] of Object.entries(options.functions ?? {})) {
      if (!/^[\p{L}_][\p{L}\p{Nd}_]*$/u.test(name))
        throw new BadInputError('', `function name ${quote(name)} is not a valid identifier`);
      this.#functions.set(name, called);
    }
    this.#htmlFunctions = new Map(this.#functions)
      .set('html', options.functions?.['html'] ?? htmlInHtml)
      .set('urlquery', options.functions?.['urlquery'] ?? urlqueryInHtml);
    this.#definitions = new Map(definitions);
  }

  /** Names of the templates in the set, sorted. */
  get names(): readonly string[] {
    return [...this.#definitions.keys()].sort();
  }

  /**
   * Adds a file: its text under `name`, and what it defines under the names that it gives. A later definition replaces
   * an earlier, except by an empty one.
   *
   * @throws {TemplateError} when it does not parse; nothing is added then.
   */
  add(source: string, name: string): void {
    define(this.#definitions, this.#parse(source, name));
  }

  /** A set with the same templates, to which others can be added without changing this one. */
  clone(): Templates {
    const functions = Object.fromEntries(this.#functions);
    return new Templates(
      { functions, missingKey: this.#missingKey, limits: this.#limits },
      this.#definitions,
    );
  }

  /**
   * Renders `source` with the templates of this set at hand; the set stays as it is.
   *
   * @throws {TemplateError} when it does not parse, fails, or exceeds a limit.
   */
  render(source: string, data: unknown, options: RenderOptions = {}): string {
    const { name = '', html = false } = options;
    // What has no action is its own result, and most fields of most configurations have none.
    if (!html && !source.includes('{{')) return source;
    const definitions = new Map(this.#definitions);
    const own = this.#parse(source, name);
    define(definitions, own);
    const main = own.find((definition) => definition.name === name);
    if (main === undefined) throw incomplete(name);
    return this.#run(main, definitions, data, html);
  }

  /**
   * Renders a template of the set.
   *
   * @throws {TemplateError} also when there is none of that name.
   */
  renderNamed(name: string, data: unknown, options: { readonly html?: boolean } = {}): string {
    const definition = this.#definitions.get(name);
    if (definition === undefined) throw incomplete(name);
    return this.#run(definition, this.#definitions, data, options.html ?? false);
  }

  /** @throws {TemplateError} when a text does not parse: for checking a configuration. */
  check(source: string, name = ''): void {
    this.#parse(source, name);
  }

  #parse(source: string, name: string): readonly Definition[] {
    const key = `${name}\0${source}`;
    const known = this.#parsed.get(key);
    if (known !== undefined) return known;
    const parsed = parse(source, name, (word) => this.#functions.has(word));
    if (this.#parsed.size >= parsedAtMost) this.#parsed.clear();
    this.#parsed.set(key, parsed);
    return parsed;
  }

  #run(main: Definition, definitions: ReadonlyMap<string, Definition>, data: unknown, html: boolean): string {
    const sink = html ? new HtmlSink() : new TextSink();
    const scope = {
      definitions,
      functions: html ? this.#htmlFunctions : this.#functions,
      missingKey: this.#missingKey,
      limits: this.#limits,
    };
    const execution = new Execution(scope, sink, main);
    execution.run(data);
    const unfinished = sink.finish();
    if (unfinished !== undefined)
      throw new TemplateError(`template: ${main.source}: ${quote(main.name)} ${unfinished}`, {
        template: main.source,
        line: 1,
      });
    return sink.output;
  }
}

function define(into: Map<string, Definition>, definitions: readonly Definition[]): void {
  for (const definition of definitions)
    if (!into.has(definition.name) || !isEmpty(definition.root)) into.set(definition.name, definition);
}

function incomplete(name: string): TemplateError {
  return new TemplateError(`template: ${name}: ${quote(name)} is an incomplete or empty template`, {
    template: name,
    line: 1,
  });
}

class TextSink implements Sink {
  output = '';

  get length(): number {
    return this.output.length;
  }

  text(text: string): void {
    this.output += text;
  }

  value(value: unknown, print: (value: unknown) => string): void {
    this.output += print(value);
  }

  finish(): undefined {
    return undefined;
  }
}
