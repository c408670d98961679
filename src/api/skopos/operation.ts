import type { z } from 'zod';

/** A route as the OpenAPI document tells of it. */
export interface Operation {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** Parameters in braces: `/jobs/{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Whether the same `Idempotency-Key` again is the same request. */
  readonly takesKey?: boolean;
  readonly body?: z.ZodType;
  readonly status?: number;
  /** None for an answer without a body. */
  readonly answer?: z.ZodType;
}
