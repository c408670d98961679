/**
 * What is at the end of a path of a custom resource's configuration: names of fields; of a list, the number of a member (from the end
 * when negative) or `[field=value]` for the first member that has it. undefined where there is nothing.
 */
export function readPath(from: unknown, path: readonly string[]): unknown {
  let value = from;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Array.isArray(value) ? memberOf(value, step) : (value as Readonly<Record<string, unknown>>)[step];
  }
  return value ?? undefined;
}

function memberOf(list: readonly unknown[], step: string): unknown {
  if (/^-?\d+$/.test(step)) return list.at(Number(step));
  const lookup = /^\[([^=]+)=(.*)\]$/.exec(step);
  if (lookup === null) return undefined;
  const [, field = '', wanted = ''] = lookup;
  return list.find((member) => {
    const value = readPath(member, field.split('.'));
    return value !== undefined && String(value) === wanted;
  });
}
