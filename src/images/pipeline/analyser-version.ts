import { fnv1a64 } from '../../kit/hash.ts';
import { distributionReader } from '../catalogers/distribution.ts';
import { recordRevision } from '../layers/layer-record.ts';

/** Counted up when the same image gives another SBOM though no cataloger reads files otherwise. */
const pipelineRevision = 1;

/** Names what made a result: another when any cataloger, or what is done around them, gives something else. */
export function analyserVersion(
  catalogers: readonly { readonly name: string; readonly revision: number }[],
): string {
  const parts = [distributionReader, ...catalogers].map(({ name, revision }) => `${name}@${revision}`);
  return `skopos-${fnv1a64([`pipeline@${pipelineRevision}`, `record@${recordRevision}`, ...parts])}`;
}
