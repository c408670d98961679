import { BadInputError } from '../../kit/app-error.ts';

export const lintNames = ['duplicate-rules', 'too-long-scrape-interval'] as const;

/** Something that is allowed and should not be. */
export type Lint = (typeof lintNames)[number];

/**
 * `--lint`: names with commas between, `all`, or `none`, which wins. Without the flag only duplicate rules are looked for.
 *
 * @throws {BadInputError} for a name that does not exist.
 */
export function readLints(text: string | undefined): ReadonlySet<Lint> {
  const words = (text ?? 'duplicate-rules').split(',').map((word) => word.trim());
  const found = new Set<Lint>();
  for (const word of words) {
    const lint = lintNames.find((name) => name === word);
    if (word === 'all') for (const name of lintNames) found.add(name);
    else if (lint !== undefined) found.add(lint);
    else if (word !== 'none') {
      throw new BadInputError(
        '--lint',
        `there is no lint "${word}"; there are all, none, ${lintNames.join(', ')}`,
      );
    }
  }
  return words.includes('none') ? new Set() : found;
}
