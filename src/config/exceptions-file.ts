import { ConfigFileError, readYamlConfig } from '../kit/yaml-config.ts';
import type { PostureException } from '../posture/exceptions/posture-exception.ts';
import { exceptionsSchema, kubescapeExceptionsSchema } from '../posture/exceptions/read-exceptions.ts';

/**
 * Exceptions from a file: Kubescape's (a list, JSON or YAML), or ours (a map with the key `exceptions`).
 *
 * @throws {ConfigFileError} naming file, line and field.
 */
export function readExceptionsFile(text: string, file: string): readonly PostureException[] {
  const isOurs = /^\s*(?:#[^\n]*\n\s*|---\s*\n\s*)*\{?\s*"?exceptions"?\s*:/.test(text);
  const found = isOurs
    ? readYamlConfig(text, file, exceptionsSchema)
    : readYamlConfig(text, file, kubescapeExceptionsSchema);
  const names = new Set<string>();
  for (const { name } of found) {
    if (isOurs && names.has(name))
      throw new ConfigFileError(file, 0, 'exceptions', `the name "${name}" is there twice`);
    names.add(name);
  }
  return found.map((exception) => ({ ...exception, source: file }));
}

/** Those in force at a time, and what is to be said of the others. */
export function inForce(
  exceptions: readonly PostureException[],
  nowMs: number,
): { readonly active: readonly PostureException[]; readonly expired: readonly PostureException[] } {
  const isOver = ({ expiresAtMs }: PostureException) => expiresAtMs !== undefined && expiresAtMs <= nowMs;
  return { active: exceptions.filter((one) => !isOver(one)), expired: exceptions.filter(isOver) };
}
