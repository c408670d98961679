import { BadInputError } from '../../kit/app-error.ts';
import type { RbacSubject } from '../index/rbac.ts';

const shortKinds: Readonly<Record<string, RbacSubject['kind']>> = {
  serviceaccount: 'ServiceAccount',
  sa: 'ServiceAccount',
  user: 'User',
  group: 'Group',
};

/** Names a subject in one text: `ServiceAccount/shop/cart`, `User//jane`, `Group//system:masters`. */
export function subjectKeyOf({ kind, namespace, name }: RbacSubject): string {
  return `${kind}/${namespace}/${name}`;
}

/** For people: `service account shop/cart`, `user jane`, `group system:masters`. */
export function subjectLabel({ kind, namespace, name }: RbacSubject): string {
  return kind === 'ServiceAccount' ? `service account ${namespace}/${name}` : `${kind.toLowerCase()} ${name}`;
}

/**
 * Reads a subject as people write it: `serviceaccount:shop/cart`, `sa:shop/cart`, `user:jane`, `group:ops`, Kubernetes' own
 * `system:serviceaccount:shop:cart`, and the key of {@link subjectKeyOf}.
 *
 * @throws {BadInputError}
 */
export function parseSubject(text: string): RbacSubject {
  const key = /^(ServiceAccount|User|Group)\/([^/]*)\/(.+)$/.exec(text);
  if (key !== null)
    return { kind: key[1] as RbacSubject['kind'], namespace: key[2] ?? '', name: key[3] ?? '' };
  const account = /^system:serviceaccount:([^:]+):(.+)$/.exec(text);
  if (account !== null)
    return { kind: 'ServiceAccount', namespace: account[1] ?? '', name: account[2] ?? '' };
  const [, word = '', rest = ''] = /^([a-zA-Z]+)[:/](.+)$/.exec(text) ?? [];
  const kind = shortKinds[word.toLowerCase()];
  const parts = rest.split('/');
  if (kind === 'ServiceAccount' && parts.length === 2 && parts.every((part) => part !== ''))
    return { kind, namespace: parts[0] ?? '', name: parts[1] ?? '' };
  if ((kind === 'User' || kind === 'Group') && rest !== '') return { kind, namespace: '', name: rest };
  throw new BadInputError(
    'subject',
    `expected a subject as serviceaccount:shop/cart, user:jane or group:ops, got "${text}"`,
  );
}
