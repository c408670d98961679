import { z } from 'zod';
import { lineFinder } from '../../alerting/config/line-finder.ts';
import { readText } from '../../config/load-config.ts';
import { BadInputError } from '../../kit/app-error.ts';
import { ConfigFileError, readYamlConfig } from '../../kit/yaml-config.ts';
import type { ControlInputs } from '../../posture/control.ts';
import { readInputs } from '../../posture/inputs.ts';

/**
 * Reads a file of Kubescape control inputs, JSON or YAML.
 *
 * @param file absolute.
 * @param shown its name for messages.
 * @throws {ConfigFileError | BadInputError} naming file, line and field.
 */
export function readControlsConfig(file: string, shown: string): ControlInputs {
  const text = readText(file, 'controls configuration');
  const parsed = readYamlConfig(text, shown, z.unknown());
  try {
    return readInputs(parsed);
  } catch (error) {
    if (!(error instanceof BadInputError)) throw error;
    const line = lineFinder(text)(pathIn(parsed, error.path));
    throw new ConfigFileError(shown, line, '', error.message, { cause: error });
  }
}

/** The file may leave out the outer levels that paths of inputs start with. */
function pathIn(parsed: unknown, path: string): (string | number)[] {
  const parts = path
    .split(/[.[\]]+/)
    .filter((part) => part !== '')
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  for (const outer of ['settings', 'postureControlInputs'])
    if (parts[0] === outer && !(outer in Object(parsed)) && !('settings' in Object(parsed))) parts.shift();
  return parts;
}
