import { hostKinds } from '../model/host.ts';
import { imageFactsKind } from './image-facts.ts';

const scans = 'scans of images do: see images.scan';
const nodes = 'the nodes do: see `skopos node` and host';

const remedies: ReadonlyMap<string, string> = new Map([
  [imageFactsKind, scans],
  ['APIServerInfo', 'the API server of a cluster does'],
  ...hostKinds.map((kind) => [kind, nodes] as const),
]);

/** What would tell facts of a kind that nothing tells, for the end of a sentence; '' where nothing here can. */
export function remedyFor(kind: string): string {
  const remedy = remedies.get(kind);
  return remedy === undefined ? '' : `; ${remedy}`;
}
