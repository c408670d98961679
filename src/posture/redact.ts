import type { KubeObject } from '../model/object.ts';

/** What stands in the place of a value that may be secret. */
export const redacted = '<redacted>';

/**
 * The value at `path` of the object with what may be secret replaced: data of Secrets and ConfigMaps, values of
 * environment variables, the copy of the object that `kubectl apply` leaves behind, and secret-looking flags.
 */
export function redact(object: KubeObject, path: string, value: unknown): unknown {
  const isStore = object.kind === 'Secret' || object.kind === 'ConfigMap';
  if (isStore && /^(?:data|stringData|binaryData)\b/.test(path)) return redactAll(value);
  if (/\benv\[[^\]]*\]\.value$/.test(path)) return redacted;
  if (path.includes('last-applied-configuration')) return redacted;
  return redactInside(value, /\benv(?:\[[^\]]*\])?$/.test(path));
}

/** The whole object with the same redactions, for pages that show it. */
export function redactObject(object: KubeObject): KubeObject {
  const isStore = object.kind === 'Secret' || object.kind === 'ConfigMap';
  const shown = redactInside(object, false) as Record<string, unknown>;
  if (isStore) {
    for (const field of ['data', 'stringData', 'binaryData']) {
      if (shown[field] !== undefined) shown[field] = redactAll(shown[field]);
    }
  }
  return shown as unknown as KubeObject;
}

/** Keys are kept, so that it can be seen which there are. */
function redactAll(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return redacted;
  return Object.fromEntries(Object.keys(value).map((key) => [key, redacted]));
}

function redactInside(value: unknown, inEnvironment: boolean): unknown {
  if (typeof value === 'string') return value.replace(secretFlag, `$1${redacted}`);
  if (Array.isArray(value)) return value.map((item) => redactInside(item, inEnvironment));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if (inEnvironment && key === 'value') return [key, redacted];
      if (key.endsWith('last-applied-configuration')) return [key, redacted];
      return [key, redactInside(item, key === 'env')];
    }),
  );
}

/** `--db-password=x`, `token: x`, `https://user:x@host`. File names (`--token-auth-file=…`) are no secrets. */
const secretFlag =
  /((?:^|[\s-])(?:[\w-]*(?:passw(?:or)?d|secret|api-?key|access-?key)|[\w-]*token)\s*[=:]\s*|:\/\/[^/\s:@]+:)[^\s@]+/gi;
