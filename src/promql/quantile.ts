/**
 * The φ-quantile of values, between the two nearest ranks in proportion. NaN counts as the smallest. The values are sorted
 * in place. φ below 0 gives -Inf, above 1 +Inf; no values or φ NaN give NaN.
 */
export function quantile(phi: number, values: Float64Array): number {
  const count = values.length;
  if (count === 0 || Number.isNaN(phi)) return Number.NaN;
  if (phi < 0) return Number.NEGATIVE_INFINITY;
  if (phi > 1) return Number.POSITIVE_INFINITY;
  // A typed array sorts NaN last; the field's rule is NaN first.
  values.sort();
  let nans = 0;
  while (nans < count && Number.isNaN(values[count - 1 - nans])) nans++;
  const at = (rank: number): number => (rank < nans ? Number.NaN : (values[rank - nans] ?? Number.NaN));
  const rank = phi * (count - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(count - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  return at(lower) * (1 - weight) + at(upper) * weight;
}
