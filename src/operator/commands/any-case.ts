/**
 * The fields of a JSON object under the names given, however their letters are written: Go reads JSON so, and bodies that were made
 * for Kubescape's operator rely on it. Others are kept as they are; of two that differ in case alone, the one as given counts.
 *
 * Source: https://pkg.go.dev/encoding/json#Unmarshal
 */
export function withNames(value: unknown, names: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const proper = new Map(names.map((name) => [name.toLowerCase(), name]));
  const fields = Object.entries(value).map(([name, of]): [string, unknown] => [
    proper.get(name.toLowerCase()) ?? name,
    of,
  ]);
  const exact = Object.entries(value).filter(([name]) => names.includes(name));
  return Object.fromEntries([...fields, ...exact]);
}
