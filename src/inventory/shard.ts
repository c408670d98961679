/** What stands for all that is of no namespace. */
const clusterScope = '';

/** Judged where cluster-scoped objects are: what controls ask of the control plane is spread over both. */
const controlPlane = 'kube-system';

/**
 * Which of the members a namespace ('' for what is of none) belongs to, by rendezvous hashing: each member and namespace make a
 * number, the highest wins. Whoever knows the same members comes to the same answer, and when one comes or goes only what
 * it gets or had moves. Undefined without members.
 *
 * Source: https://en.wikipedia.org/wiki/Rendezvous_hashing
 */
export function memberOf(namespace: string, members: readonly string[]): string | undefined {
  const place = namespace === controlPlane ? clusterScope : namespace;
  let best: string | undefined;
  let bestWeight = -1;
  for (const member of members) {
    const weight = hash(`${member}\n${place}`);
    if (weight > bestWeight || (weight === bestWeight && best !== undefined && member < best)) {
      best = member;
      bestWeight = weight;
    }
  }
  return best;
}

/** FNV-1a with a final mix (murmur3's), without which names that differ in their last letter alone would go together. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
