import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BadInputError } from '../kit/app-error.ts';

/** The folder of the installed package: rules, pages, examples and documents stand there. */
export const packageFolder = fileURLToPath(new URL('../../', import.meta.url));

export const pagesFolder = join(packageFolder, 'web/dist');
export const shippedRules = join(packageFolder, 'rules');
export const shippedDashboards = join(packageFolder, 'dashboards');
export const exampleFolder = join(packageFolder, 'examples/shop');
export const runbookFolder = join(packageFolder, 'docs/runbooks');

/**
 * Files of absolute patterns with `*` and `?` in the file's name, in order; a folder stands for its `.yaml` and `.yml` files,
 * rule tests (`*.test.yaml`) left out.
 *
 * @param field of the configuration, for messages
 * @throws {BadInputError} when a plain path is not there.
 */
export function expandFiles(patterns: readonly string[], field = 'rules.files'): string[] {
  return [...new Set(patterns.flatMap((pattern) => expandOne(pattern, field)))];
}

function expandOne(pattern: string, field: string): string[] {
  const name = basename(pattern);
  if (/[*?]/.test(name)) return filesOf(dirname(pattern), wildcard(name));
  let isFolder: boolean;
  try {
    isFolder = statSync(pattern).isDirectory();
  } catch (error) {
    throw new BadInputError(field, `${pattern}: there is no such file`, { cause: error });
  }
  if (!isFolder) return [pattern];
  return filesOf(pattern, /^(?!.*\.test\.ya?ml$).*\.ya?ml$/);
}

function filesOf(folder: string, form: RegExp): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => form.test(name))
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** Built from escaped text and two fixed pieces, so that no pattern is slow. */
function wildcard(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/\*+/g, '[^/]*').replace(/\?/g, '[^/]')}$`);
}
