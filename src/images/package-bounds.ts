import type { Package } from '../model/package.ts';

/** More characters than any name or version has: comparing and looking them up is for what people write. */
export const longestName = 1000;

/** Whether a package tells a name or a version that is none, by its length. */
export function isOverlong({
  name,
  version,
  upstreams,
}: Pick<Package, 'name' | 'version' | 'upstreams'>): boolean {
  return (
    isLong(name) ||
    isLong(version) ||
    upstreams.some((upstream) => isLong(upstream.name) || isLong(upstream.version ?? ''))
  );
}

function isLong(text: string): boolean {
  return text.length > longestName;
}
