import { z } from 'zod';
import { list, text, textMap } from '../../kit/yaml-fields.ts';

/** Targets that are written down, with labels for all of them. */
export const staticConfigSchema = z.strictObject({ targets: list(text), labels: textMap });

export type StaticConfig = z.output<typeof staticConfigSchema>;

/** What is wrong with a target's address; undefined when nothing is. An address with a path or a scheme is refused. */
export function addressProblem(address: string): string | undefined {
  return address.includes('/') ? `"${address}" is not a valid hostname` : undefined;
}
