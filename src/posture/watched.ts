import type { KubeObject } from '../model/object.ts';
import { type Faults, join } from './shapes.ts';

/**
 * The object, read through a proxy that notes when a place is read that is not as it should be. Only for objects with faults:
 * there are hardly any, and reading through a proxy is slow.
 *
 * @param note is called with the path and what is wrong with it.
 */
export function watched(
  object: KubeObject,
  faults: Faults,
  note: (path: string, fault: string) => void,
): KubeObject {
  const seen = new WeakMap<object, unknown>();
  const wrap = (value: object, path: string): unknown => {
    const known = seen.get(value);
    if (known !== undefined) return known;
    const isList = Array.isArray(value);
    // A copy, as a proxy of something frozen may not answer with other proxies.
    const proxy: unknown = new Proxy<object>(isList ? [...value] : { ...value }, {
      get(target, key, receiver) {
        const found: unknown = Reflect.get(target, key, receiver);
        if (typeof key === 'symbol' || typeof found === 'function') return found;
        const place = isList ? `${path}[${key}]` : join(path, key);
        const fault = faults.get(place);
        if (fault !== undefined) note(place, fault);
        return typeof found === 'object' && found !== null ? wrap(found, place) : found;
      },
    });
    seen.set(value, proxy);
    return proxy;
  };
  const outer = wrap(object, '') as KubeObject;
  proxies.add(outer);
  return outer;
}

const proxies = new WeakSet<KubeObject>();

/** Whether reading the object notes what is read, so that what was read of it must not be remembered instead. */
export function isWatched(object: KubeObject): boolean {
  return proxies.has(object);
}
