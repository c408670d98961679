import { BadInputError } from '../../kit/app-error.ts';
import { didYouMean } from '../../kit/nearest.ts';
import type { Control } from '../control.ts';
import { controls } from '../controls/index.generated.ts';
import type { Framework } from './framework.ts';
import { nsa } from './nsa.ts';

export type { Framework } from './framework.ts';

/** Every framework there is. */
export const frameworks: readonly Framework[] = [nsa];

/**
 * The framework of a name, whatever its case.
 *
 * @param path where the name was read, for the message.
 * @throws {BadInputError} that names the nearest one there is.
 */
export function frameworkOf(name: string, path = ''): Framework {
  const found = frameworks.find((framework) => framework.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found;
  const names = frameworks.map((framework) => framework.name);
  const hint = didYouMean(name, names);
  const rest = hint === '' ? `; there are: ${names.join(', ')}` : hint;
  throw new BadInputError(path, `there is no framework "${name}"${rest}`);
}

/**
 * The control of an id, whatever its case.
 *
 * @param path where the id was read, for the message.
 * @throws {BadInputError} that names the nearest one there is.
 */
export function controlOf(id: string, path = ''): Control {
  const found = controls.find((control) => control.id.toLowerCase() === id.toLowerCase());
  if (found !== undefined) return found;
  const hint = didYouMean(
    id.toUpperCase(),
    controls.map((control) => control.id),
  );
  throw new BadInputError(path, `there is no control "${id}"${hint}`);
}

/**
 * The controls of a framework, in its order.
 *
 * @throws {BadInputError} when it names one that does not exist.
 */
export function controlsOf(framework: Framework): readonly Control[] {
  return framework.controls.map((id) => controlOf(id, framework.name));
}
