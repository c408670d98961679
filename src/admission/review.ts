import { BadInputError } from '../kit/app-error.ts';
import type { KubeObject } from '../model/object.ts';

/**
 * What of an `AdmissionReview` request matters here.
 *
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#request
 */
export interface AdmissionRequest {
  readonly uid: string;
  readonly operation: string;
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly resource: { readonly group: string; readonly resource: string };
  readonly subResource: string;
  /** '' while the API server has not made one up from `generateName`. */
  readonly name: string;
  readonly namespace: string;
  readonly user: string;
  readonly dryRun: boolean;
  readonly object: KubeObject | undefined;
  readonly oldObject: KubeObject | undefined;
}

/** What a webhook answers. */
export interface AdmissionAnswer {
  readonly allowed: boolean;
  /** Told to who asked, where it is not allowed. */
  readonly message?: string;
  readonly warnings?: readonly string[];
  readonly auditAnnotations?: Readonly<Record<string, string>>;
}

type Fields = Readonly<Record<string, unknown>>;

/** @throws {BadInputError} for what is no `AdmissionReview` of version v1 with a request. */
export function parseReview(body: string): AdmissionRequest {
  let review: unknown;
  try {
    review = JSON.parse(body);
  } catch (error) {
    throw new BadInputError('', 'the body is no JSON', { cause: error });
  }
  const { apiVersion, kind, request } = fieldsOf(review);
  if (apiVersion !== 'admission.k8s.io/v1' || kind !== 'AdmissionReview')
    throw new BadInputError(
      '',
      `expected an AdmissionReview of admission.k8s.io/v1, got ${String(kind)} of ${String(apiVersion)}; set admissionReviewVersions: [v1]`,
    );
  const asked = fieldsOf(request);
  const uid = textOf(asked['uid']);
  if (uid === '') throw new BadInputError('request.uid', 'missing');
  const of = fieldsOf(asked['kind']);
  const resource = fieldsOf(asked['resource']);
  const name = textOf(asked['name']);
  const namespace = textOf(asked['namespace']);
  return {
    uid,
    operation: textOf(asked['operation']),
    kind: { group: textOf(of['group']), version: textOf(of['version']), kind: textOf(of['kind']) },
    resource: { group: textOf(resource['group']), resource: textOf(resource['resource']) },
    subResource: textOf(asked['subResource']),
    name,
    namespace,
    user: textOf(fieldsOf(asked['userInfo'])['username']),
    dryRun: asked['dryRun'] === true,
    object: objectOf(asked['object'], name, namespace),
    oldObject: objectOf(asked['oldObject'], name, namespace),
  };
}

/** The whole answer to a review. */
export function reviewOf(uid: string, { allowed, message, warnings, auditAnnotations }: AdmissionAnswer) {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid,
      allowed,
      ...(message === undefined ? {} : { status: { code: 403, reason: 'Forbidden', message } }),
      ...(warnings === undefined || warnings.length === 0 ? {} : { warnings }),
      ...(auditAnnotations === undefined ? {} : { auditAnnotations }),
    },
  };
}

/**
 * The object with a name and a namespace: one that is made by `generateName` may have none yet, and one in a namespace may leave
 * out which. Cluster-scoped kinds have none; of a Namespace the request says its own name.
 */
function objectOf(value: unknown, name: string, namespace: string): KubeObject | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = value as Fields;
  const metadata = fieldsOf(fields['metadata']);
  const kind = textOf(fields['kind']);
  const own = textOf(metadata['name']) || name || `${textOf(metadata['generateName'])}*`;
  const place = textOf(metadata['namespace']) || (kind === 'Namespace' ? '' : namespace);
  return {
    ...fields,
    apiVersion: textOf(fields['apiVersion']),
    kind,
    metadata: { ...metadata, name: own, ...(place === '' ? {} : { namespace: place }) },
  };
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
