import type { TemplateFunction } from './function.ts';
import type { Limits } from './limits.ts';

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
  /** Escapes what is inserted for its place in HTML, as Go's html/template does. */
  readonly html?: boolean;
}

/**
 * A set of Go templates (text/template) that can use one another. What data may be: see `value.ts`.
 *
 * Source: https://pkg.go.dev/text/template
 */
export class Templates {
  readonly #options: TemplatesOptions;

  constructor(options: TemplatesOptions = {}) {
    this.#options = options;
  }

  /**
   * Adds a file: its text under `name`, and what it defines under the names that it gives. A later definition replaces an earlier.
   *
   * @throws {TemplateError} when it does not parse.
   */
  add(_source: string, _name: string): void {
    throw new Error('being built');
  }

  /** A set with the same templates, to which others can be added without changing this one. */
  clone(): Templates {
    return new Templates(this.#options);
  }

  /**
   * Renders `source` with the templates of this set at hand; the set stays as it is.
   *
   * @throws {TemplateError} when it does not parse, fails, or exceeds a limit.
   */
  render(_source: string, _data: unknown, _options: RenderOptions = {}): string {
    throw new Error('being built');
  }

  /**
   * Renders a template of the set.
   *
   * @throws {TemplateError} also when there is none of that name.
   */
  renderNamed(_name: string, _data: unknown, _options: { readonly html?: boolean } = {}): string {
    throw new Error('being built');
  }
}
