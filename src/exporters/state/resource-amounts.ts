import { parseQuantity } from '../../kit/quantity.ts';
import type { Emit } from './family.ts';
import type { Fields } from './fields.ts';
import { coresOf } from './quantity.ts';

/** Whether a resource belongs to no part of Kubernetes itself: `example.com/gpu`. */
function isExtended(name: string): boolean {
  return name.includes('/') && !name.includes('kubernetes.io/') && !name.startsWith('requests.');
}

function unitOf(name: string): string | undefined {
  if (name === 'cpu') return 'core';
  if (['memory', 'storage', 'ephemeral-storage'].includes(name)) return 'byte';
  if (name.startsWith('hugepages-') || name.startsWith('attachable-volumes-')) return 'byte';
  return isExtended(name) ? 'integer' : undefined;
}

/** Emits an amount of each resource with its unit; what is in no unit that is known is passed over. */
export function emitAmounts(
  emit: Emit,
  amounts: Fields,
  options: { readonly labels?: readonly string[]; readonly isNode?: boolean } = {},
): void {
  for (const [name, amount] of Object.entries(amounts)) {
    const unit = options.isNode === true && name === 'pods' ? 'integer' : unitOf(name);
    if (unit === undefined) continue;
    const value = name === 'cpu' ? coresOf(amount) : parseQuantity(amount);
    if (value === undefined) continue;
    emit(value, ...(options.labels ?? []), 'resource', name.replaceAll(/[^a-zA-Z0-9_]/g, '_'), 'unit', unit);
  }
}
