import { z } from 'zod';
import { readYamlConfig } from '../../kit/yaml-config.ts';
import { fullList, list, text, textMap } from '../../kit/yaml-fields.ts';
import type { StaticConfig } from './static-config.ts';

const group = z.strictObject({ targets: list(text), labels: textMap });
const schema = z.strictObject({ groups: fullList(group, 'target group') });

/**
 * Groups of targets as a file (JSON or YAML) or an HTTP answer (JSON, which YAML contains) lists them.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#file_sd_config
 * @throws {ConfigFileError} naming file, line and field.
 */
export function readTargetFile(content: string, file: string): readonly StaticConfig[] {
  // The reader wants a map at the top; a list stands one level deeper in one, on the same lines.
  const isFlow = /^\s*[[{]/.test(content);
  const wrapped = isFlow ? `{groups: ${content}}` : `groups:\n${content}`;
  try {
    return readYamlConfig(wrapped, file, schema).groups;
  } catch (error) {
    throw isFlow ? error : lineBefore(error);
  }
}

/** The line that was put in front does not count. */
function lineBefore(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  error.message = error.message.replace(
    /:(\d+): /,
    (_whole, line: string) => `:${Math.max(1, Number(line) - 1)}: `,
  );
  return error;
}
