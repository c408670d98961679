import type { TemplateFunction } from './function.ts';
import type { Limits } from './limits.ts';
import type { Definition } from './node.ts';

/** Where output goes: text of the template as it is, values as they have to be escaped. */
export interface Sink {
  text(text: string): void;
  /** A value that an action gives. @throws when its place cannot take it. */
  value(value: unknown, print: (value: unknown) => string): void;
  readonly length: number;
}

/** What a running template can see. */
export interface Scope {
  readonly definitions: ReadonlyMap<string, Definition>;
  readonly functions: ReadonlyMap<string, TemplateFunction>;
  readonly missingKey: 'default' | 'zero' | 'error';
  readonly limits: Limits;
}

export interface Variable {
  readonly name: string;
  value: unknown;
  /** It holds an element of a list or a map of anything: to Go, and in messages, its type is `interface {}`. */
  isBoxed?: boolean;
}

/** What a field is looked up in. */
export interface Receiver {
  readonly value: unknown;
  readonly isBoxed: boolean;
}
