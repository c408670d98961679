import { z } from 'zod';
import { BadInputError } from '../../kit/app-error.ts';
import { groupOf } from '../../model/object.ts';
import type { PostureScope } from '../posture-scanner.ts';
import { withNames } from './any-case.ts';

const fieldNames = [
  ...['format', 'account', 'accessKey', 'failThreshold', 'excludedNamespaces', 'includeNamespaces'],
  ...['targetNames', 'targetType', 'submit', 'hostScanner', 'keepLocal', 'useCachedArtifacts', 'scanObject'],
  ...['isDeletedScanObject', 'exceptions', 'logger', 'useExceptions', 'controlsInputs'],
];

/** A list, or null or nothing for an empty one, as Go writes it. */
const texts = z
  .union([z.array(z.string()), z.string().transform((text) => (text === '' ? [] : text.split(',')))])
  .nullish()
  .transform((list) => list ?? []);

const anything = z.unknown().optional();

/**
 * `PostScanRequest` of Kubescape, which its `/v1/scan` and the operator's `args.scanV1` take.
 *
 * Source: https://github.com/kubescape/opa-utils/blob/master/httpserver/meta/v1/datastructures.go
 */
export const scanRequestSchema = z.looseObject({
  includeNamespaces: texts.describe('Only objects of these namespaces are judged.'),
  excludedNamespaces: texts.describe('Objects of these namespaces are not judged.'),
  targetType: z.string().nullish().describe('`framework` or `control`.'),
  targetNames: texts.describe(
    'Names of frameworks or ids of controls; all that are judged here when left out, or for `all`.',
  ),
  scanObject: z
    .looseObject({
      apiVersion: z.string().optional(),
      kind: z.string().optional(),
      metadata: z.looseObject({ name: z.string().optional(), namespace: z.string().optional() }).optional(),
    })
    .nullish()
    .describe('One object alone.'),
  isDeletedScanObject: z.boolean().nullish(),
  format: anything,
  account: anything,
  accessKey: anything,
  failThreshold: anything,
  submit: anything,
  hostScanner: anything,
  keepLocal: anything,
  useCachedArtifacts: anything,
});

/** What `args.scanV1` or the body of `/v1/scan` asks for. @throws {BadInputError} naming the field */
export function scopeOfRequest(body: unknown): PostureScope {
  const parsed = scanRequestSchema.safeParse(withNames(body ?? {}, fieldNames));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new BadInputError(issue?.path.join('.') ?? '', issue?.message ?? 'not a scan request');
  }
  const { includeNamespaces, excludedNamespaces, targetType, targetNames, scanObject } = parsed.data;
  return {
    ...(includeNamespaces.length === 0 ? {} : { namespaces: includeNamespaces }),
    ...(excludedNamespaces.length === 0 ? {} : { excludedNamespaces }),
    ...targetOf(targetType ?? '', targetNames),
    ...(scanObject == null ? {} : { object: objectOf(scanObject) }),
  };
}

function targetOf(type: string, names: readonly string[]): Partial<PostureScope> {
  const wanted = names.filter((name) => name !== '');
  if (wanted.length === 0 || wanted.some((name) => name.toLowerCase() === 'all')) return {};
  if (/^framework$/i.test(type)) return { frameworks: wanted };
  if (/^control$/i.test(type)) return { controls: wanted };
  throw new BadInputError(
    'targetType',
    `targetNames are given, so targetType has to be "framework" or "control", not "${type}"`,
  );
}

function objectOf({
  apiVersion = '',
  kind = '',
  metadata = {},
}: NonNullable<z.output<typeof scanRequestSchema>['scanObject']>): NonNullable<PostureScope['object']> {
  const { name = '', namespace = '' } = metadata;
  if (kind === '' || name === '')
    throw new BadInputError('scanObject', 'kind and metadata.name have to be given');
  return { ...(apiVersion === '' ? {} : { group: groupOf(apiVersion) }), kind, namespace, name };
}

/** For people: `the cluster`, `namespace shop by NSA`. */
export function scopeText({
  namespaces,
  excludedNamespaces,
  object,
  frameworks,
  controls,
}: PostureScope): string {
  const what =
    object !== undefined
      ? `${object.kind} ${object.namespace === '' ? '' : `${object.namespace}/`}${object.name}`
      : namespaces !== undefined
        ? `${namespaces.length === 1 ? 'namespace' : 'namespaces'} ${namespaces.join(', ')}`
        : 'the cluster';
  const without = excludedNamespaces === undefined ? '' : ` without ${excludedNamespaces.join(', ')}`;
  const by = frameworks ?? controls;
  return `${what}${without}${by === undefined ? '' : ` by ${by.join(', ')}`}`;
}
