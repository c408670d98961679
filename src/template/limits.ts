/** What one rendering may use: templates come from users, and none may hang the process or fill its memory. */
export interface Limits {
  /** Longest output, and longest string or list that a function may make, in UTF-16 units. */
  readonly output: number;
  /** Actions, loop turns and calls; work on long strings counts by their length. */
  readonly steps: number;
  /** How deep templates may invoke templates. */
  readonly depth: number;
}

export const defaultLimits: Limits = { output: 4 * 1024 * 1024, steps: 1_000_000, depth: 500 };
