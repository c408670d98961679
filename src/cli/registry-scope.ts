import type { Command } from 'commander';
import { BadInputError } from '../kit/app-error.ts';

/** What of a registry is looked at. */
export interface RegistryFlags {
  readonly newest?: string;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly platform?: readonly string[];
}

/** A verb that says what of a registry is looked at. */
export function scoped(command: Command): Command {
  return command
    .option('--newest <count>', 'tags of each repository, the newest first, up to 100; 1 when left out')
    .option('--include <repository...>', 'only these; * stands for parts of a name')
    .option('--exclude <repository...>', 'not these')
    .option(
      '--platform <platform...>',
      'each of these, as linux/arm64; those of the configuration when left out',
    );
}

/** The same as our API takes it. @throws {BadInputError} */
export function registryOf(address: string, { newest, include, exclude, platform }: RegistryFlags) {
  const depth = Number(newest ?? 1);
  if (!Number.isInteger(depth) || depth < 1 || depth > 100)
    throw new BadInputError('--newest', `expected a whole number from 1 to 100, got "${newest}"`);
  return {
    registryName: address,
    depth,
    ...(include === undefined ? {} : { include }),
    ...(exclude === undefined ? {} : { exclude }),
    ...(platform === undefined ? {} : { platforms: platform }),
  };
}
