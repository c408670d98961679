/** What is knowingly left as it is: failing verdicts within its scopes and policies are `excepted`. */
export interface PostureException {
  readonly name: string;
  /** Any of them; none means nothing. */
  readonly scopes: readonly ExceptionScope[];
  /** Any of them; none means every control. */
  readonly policies: readonly ExceptionPolicy[];
  readonly reason?: string;
  readonly owner?: string;
  /** Unix ms; from then on it has no effect. */
  readonly expiresAtMs?: number;
  /** Where it is written: a file with a line, or an object. */
  readonly source: string;
}

/** All that is set must hold. Patterns are RE2, for the whole text, whatever its case. */
export interface ExceptionScope {
  readonly cluster?: string;
  readonly namespace?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly apiGroup?: string;
  /** Labels or annotations, and their exact values. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Only evidence at this path, or below it. */
  readonly path?: string;
  /** Only evidence within the container of this name. */
  readonly container?: string;
}

/** All that is set must hold; patterns as in scopes. */
export interface ExceptionPolicy {
  readonly controlId?: string;
  readonly controlName?: string;
  readonly framework?: string;
  /** The name of the check behind the control. */
  readonly rule?: string;
}
