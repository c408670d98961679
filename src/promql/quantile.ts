/**
 * The φ-quantile of values, between the two nearest ranks in proportion. NaN counts as the smallest. The values are sorted
 * in place. φ below 0 gives -Inf, above 1 +Inf; no values or φ NaN give NaN.
 */
export function quantile(phi: number, values: Float64Array): number {
  // A typed array sorts NaN last; the field's rule is NaN first.
  values.sort();
  let nans = 0;
  while (nans < values.length && Number.isNaN(values[values.length - 1 - nans])) nans++;
  return pickQuantile(phi, values, nans);
}

/** As {@link quantile}, of values in order, NaN first. */
export function sortedQuantile(phi: number, values: Float64Array): number {
  return pickQuantile(phi, values, 0);
}

/** `nans`: how many values at the end are NaN and count as the smallest. */
function pickQuantile(phi: number, values: Float64Array, nans: number): number {
  const count = values.length;
  if (count === 0 || Number.isNaN(phi)) return Number.NaN;
  if (phi < 0) return Number.NEGATIVE_INFINITY;
  if (phi > 1) return Number.POSITIVE_INFINITY;
  const at = (rank: number): number => (rank < nans ? Number.NaN : (values[rank - nans] ?? Number.NaN));
  const rank = phi * (count - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(count - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  return at(lower) * (1 - weight) + at(upper) * weight;
}
