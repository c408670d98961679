import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from '../../../config/load-config.ts';
import { resources } from '../../../exporters/state/resources/index.ts';
import { BadInputError } from '../../../kit/app-error.ts';
import { shippedRules } from '../../../roles/paths.ts';
import { parseRuleFile } from '../../../rules/rule-file.ts';
import { parseText } from '../../../scrape/text/parse-text.ts';
import { otherContainerNames } from './container-names.ts';
import { otherNodeNames } from './node-names.ts';
import { ownNames } from './own-names.generated.ts';
import { toldNames } from './told-names.generated.ts';

/** Every metric that Skopos itself brings: its own series, those of objects, nodes and containers, and what shipped rules record. */
export function knownMetrics(): Set<string> {
  return new Set([
    ...ownNames,
    ...resources.flatMap(({ families }) => families.map(({ name }) => name)),
    ...toldNames,
    ...words(otherNodeNames).map((name) => `node_${name}`),
    ...words(otherContainerNames),
    ...recordedNames(),
  ]);
}

/** What the shipped rules record. */
function recordedNames(): string[] {
  return readdirSync(shippedRules)
    .filter((name) => /\.ya?ml$/.test(name) && !/\.test\.ya?ml$/.test(name))
    .map((name) => join(shippedRules, name))
    .flatMap((file) => parseRuleFile(readText(file, 'rule file'), file, {}).groups)
    .flatMap(({ rules }) => rules.filter(({ kind }) => kind === 'recording').map(({ name }) => name));
}

/**
 * Names in a file of the user's: an exposition in the text format, or a name a line.
 *
 * @throws {BadInputError} when it is neither.
 */
export function namesInFile(path: string): string[] {
  const text = readText(path, 'file of metrics');
  if (
    /^(?:[a-zA-Z_:][\w:]*|\s*#.*|\s*)(?:\r?\n(?:[a-zA-Z_:][\w:]*|\s*#.*|\s*))*$/.test(text) &&
    !/^# TYPE /m.test(text)
  )
    return words(text.replaceAll(/^\s*#.*$/gm, ''));
  try {
    return parseText(text).flatMap(({ name, samples }) => [name, ...samples.map((sample) => sample.name)]);
  } catch (error) {
    throw new BadInputError(
      '--metrics',
      `${path}: expected metrics in the text format, or a name on each line: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
