import type { Inventory } from '../../inventory/inventory.ts';
import { type KubeObject, type ObjectRef, refOf } from '../../model/object.ts';
import type { ImageScope } from '../../operator/image-scanner.ts';
import type { WorkloadImage } from '../../operator/job.ts';
import { containersOf, everyContainer, workloadKinds } from '../../posture/pod-spec.ts';

/** Workloads in scope and the images that they run. One that another made is told of through that one. */
export function* workloadImages(
  inventory: Inventory,
  scope: ImageScope,
): IterableIterator<{ readonly object: ObjectRef; readonly images: readonly WorkloadImage[] }> {
  const wanted = scope.object?.kind.toLowerCase();
  for (const kind of workloadKinds) {
    if (wanted !== undefined && kind.toLowerCase() !== wanted) continue;
    for (const object of inventory.each(kind, scope.object?.namespace)) {
      const images = isWanted(object, scope) ? imagesOf(object) : [];
      if (images.length > 0) yield { object: refOf(object), images };
    }
  }
}

function isWanted({ metadata }: KubeObject, { namespaces, object }: ImageScope): boolean {
  const { name, namespace = '', ownerReferences = [] } = metadata;
  if (object !== undefined) return name === object.name;
  if (namespaces !== undefined && !namespaces.includes(namespace)) return false;
  return !ownerReferences.some(({ controller }) => controller === true);
}

function imagesOf(object: KubeObject): readonly WorkloadImage[] {
  return containersOf(object, everyContainer).flatMap(({ container: { name = '', image } }) =>
    typeof image === 'string' && image !== '' ? [{ container: String(name), image }] : [],
  );
}
