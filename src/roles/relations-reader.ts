import type { Inventory } from '../inventory/inventory.ts';
import { RelationsReport } from '../inventory/relations/report.ts';

/**
 * How objects hang together, worked out when somebody asks and kept until an object changes: most changes come while nobody
 * looks, and a page asks several times at once.
 */
export function relationsReader(inventory: Inventory): () => RelationsReport {
  let kept: RelationsReport | undefined;
  inventory.subscribe(() => {
    kept = undefined;
  });
  return () => {
    kept ??= new RelationsReport(inventory);
    return kept;
  };
}
