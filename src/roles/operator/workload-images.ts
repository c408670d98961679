import type { Inventory } from '../../inventory/inventory.ts';
import { type ObjectRef, refOf } from '../../model/object.ts';
import type { ImageScope } from '../../operator/image-scanner.ts';
import type { WorkloadImage } from '../../operator/job.ts';
import { containersOf, everyContainer, workloadKinds } from '../../posture/pod-spec.ts';

/** Workloads in scope and the images that they run. One that another made is told of through that one. */
export function* workloadImages(
  inventory: Inventory,
  { namespaces, object: wanted }: ImageScope,
): IterableIterator<{ readonly object: ObjectRef; readonly images: readonly WorkloadImage[] }> {
  const kinds: readonly string[] =
    wanted === undefined
      ? workloadKinds
      : workloadKinds.filter((kind) => kind.toLowerCase() === wanted.kind.toLowerCase());
  for (const kind of kinds)
    for (const object of inventory.each(kind, wanted?.namespace)) {
      if (wanted !== undefined && object.metadata.name !== wanted.name) continue;
      const { namespace = '', ownerReferences = [] } = object.metadata;
      if (namespaces !== undefined && !namespaces.includes(namespace)) continue;
      if (wanted === undefined && ownerReferences.some(({ controller }) => controller === true)) continue;
      const images = containersOf(object, everyContainer).flatMap(({ container: { name = '', image } }) =>
        typeof image === 'string' && image !== '' ? [{ container: String(name), image }] : [],
      );
      if (images.length > 0) yield { object: refOf(object), images };
    }
}
