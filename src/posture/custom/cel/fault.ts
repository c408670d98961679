/**
 * Why an expression has no value. Faults are values, not exceptions: `false && (1 / 0 > 0)` is false, and a missing field is
 * met far too often to pay for a stack trace.
 */
export type Fault = CelError | CelUnknown;

/** The expression went wrong; where, as an offset into its text. */
export class CelError {
  readonly message: string;
  readonly offset: number | undefined;

  constructor(message: string, offset?: number) {
    this.message = message;
    this.offset = offset;
  }
}

/** The value exists at admission, but nobody can know it here: who asks, and what they may do. */
export class CelUnknown {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

export function isFault(value: unknown): value is Fault {
  return value instanceof CelError || value instanceof CelUnknown;
}

/** Of two faults the one to tell: what is unknown might have been well, so it goes before what went wrong. */
export function worseFault(left: Fault | undefined, right: Fault): Fault {
  return left === undefined || (left instanceof CelError && right instanceof CelUnknown) ? right : left;
}
