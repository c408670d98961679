import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readText } from '../../config/load-config.ts';
import { BadInputError, NotFoundError } from '../../kit/app-error.ts';
import { parseDuration } from '../../kit/duration.ts';
import { parseRuleFile, type RuleFile } from '../../rules/rule-file.ts';
import { shownFile } from '../scan/read-target.ts';

/** A rule file as it stands on disk. */
export interface RuleText {
  /** As people name it, relative to the working directory. */
  readonly path: string;
  readonly text: string;
}

/**
 * Rule files, and those in folders and below: all `.yml` and `.yaml` with a key `groups`; those of unit tests are passed over.
 *
 * @throws {NotFoundError | BadInputError} for a path that is not there, and where no rule file is found at all.
 */
export function readRuleTexts(paths: readonly string[], cwd: string): readonly RuleText[] {
  const found = paths.flatMap((path): RuleText[] => {
    const full = resolve(cwd, path);
    const stat = statSync(full, { throwIfNoEntry: false });
    if (stat === undefined) throw new NotFoundError(`${path}: there is no such file or folder`);
    if (!stat.isDirectory()) return [{ path, text: readText(full, 'rule file') }];
    return readdirSync(full, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => ({
        path: shownFile(join(full, name), cwd),
        text: readText(join(full, name), 'rule file'),
      }))
      .filter(({ text }) => /^groups:/m.test(text) && !/^(?:tests|rule_files):/m.test(text));
  });
  if (found.length === 0)
    throw new BadInputError(
      '',
      `${paths.join(', ')}: no rule file there: none of its YAML files has "groups"`,
    );
  return found;
}

/** @throws {RuleFileError} naming every problem of a file. */
export function readRuleFiles(paths: readonly string[], cwd: string): readonly RuleFile[] {
  return readRuleTexts(paths, cwd).map(({ path, text }) => parseRuleFile(text, path));
}

/** @throws {BadInputError} naming the flag. */
export function durationFlag(flag: string, text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms === 0)
    throw new BadInputError(flag, `expected a duration such as 30s, 1h or 7d, got "${text}"`);
  return ms;
}
