import { keyOf, type ObjectRef } from '../../model/object.ts';
import type { ScanFinding, ScanResult, ScanUnknown } from './scan-result.ts';

/** What a scan says of one object, by control id. */
export interface ObjectResult {
  readonly object: ObjectRef;
  readonly failed: Map<string, ScanFinding[]>;
  readonly unknown: Map<string, ScanUnknown>;
  readonly passed: string[];
}

/** Every object that a control said something of, by key; what stands for a whole kind (name `*`) is left out. */
export function byObject(result: ScanResult): Map<string, ObjectResult> {
  const objects = new Map<string, ObjectResult>();
  const of = (object: ObjectRef): ObjectResult => {
    const key = keyOf(object);
    let found = objects.get(key);
    if (found === undefined) {
      found = { object, failed: new Map(), unknown: new Map(), passed: [] };
      objects.set(key, found);
    }
    return found;
  };
  for (const finding of result.findings) {
    const { failed } = of(finding.object);
    const all = failed.get(finding.control.id);
    if (all === undefined) failed.set(finding.control.id, [finding]);
    else all.push(finding);
  }
  for (const one of result.unknown)
    if (one.object.name !== '*') of(one.object).unknown.set(one.control.id, one);
  for (const { controlId, object } of result.passes()) of(object).passed.push(controlId);
  return objects;
}

/** The object as a whole: a fail before an unknown before a pass. */
export function stateOf({ failed, unknown }: ObjectResult): 'fail' | 'unknown' | 'pass' {
  if (failed.size > 0) return 'fail';
  return unknown.size > 0 ? 'unknown' : 'pass';
}
