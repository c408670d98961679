import { CelUnknown } from '../fault.ts';
import { method, type Overload } from '../functions.ts';

/** Nobody is asking when manifests or a running cluster are judged. */
export const nobodyAsks = new CelUnknown(
  'who makes the request, and what they may do, is known at admission only',
);

const signatures = [
  ['path', 'Authorizer, string -> PathCheck'],
  ['group', 'Authorizer, string -> GroupCheck'],
  ['serviceAccount', 'Authorizer, string, string -> Authorizer'],
  ['resource', 'GroupCheck, string -> ResourceCheck'],
  ['subresource', 'ResourceCheck, string -> ResourceCheck'],
  ['namespace', 'ResourceCheck, string -> ResourceCheck'],
  ['name', 'ResourceCheck, string -> ResourceCheck'],
  ['fieldSelector', 'ResourceCheck, string -> ResourceCheck'],
  ['labelSelector', 'ResourceCheck, string -> ResourceCheck'],
  ['check', 'PathCheck, string -> Decision'],
  ['check', 'ResourceCheck, string -> Decision'],
  ['allowed', 'Decision -> bool'],
  ['reason', 'Decision -> string'],
  ['errored', 'Decision -> bool'],
  ['error', 'Decision -> string'],
] as const;

/**
 * Questions of what a user may do: they compile, and the answer is unknown.
 *
 * Source: https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-authorizer-library
 */
export const authorizer: readonly Overload[] = signatures.map(([name, signature]) =>
  method(name, signature, () => nobodyAsks),
);
