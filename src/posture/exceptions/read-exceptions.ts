import { z } from 'zod';
import { list, or, text, textMap } from '../../kit/yaml-fields.ts';
import type { ExceptionScope, PostureException } from './posture-exception.ts';

const moment = text.transform((value, context) => {
  const atMs = Date.parse(value);
  if (!Number.isNaN(atMs)) return atMs;
  context.addIssue({
    code: 'custom',
    message: `expected a date such as 2027-01-31 or 2027-01-31T12:00:00Z, got "${value}"`,
  });
  return z.NEVER;
});

/** Keys of Kubescape's attributes that are no labels. */
const attributeKeys: Readonly<Record<string, keyof ExceptionScope | 'ignored'>> = {
  cluster: 'cluster',
  namespace: 'namespace',
  kind: 'kind',
  name: 'name',
  path: 'path',
  containerName: 'container',
  // Made of the object by Kubescape; the other attributes say the same.
  resourceID: 'ignored',
};

const designator = z
  .looseObject({ designatorType: or(text, 'Attributes'), attributes: textMap })
  .transform(({ attributes }): ExceptionScope => {
    const scope: Record<string, string> = {};
    const labels: Record<string, string> = {};
    for (const [key, value] of Object.entries(attributes)) {
      const known = attributeKeys[key];
      if (known === undefined) labels[key] = value;
      else if (known !== 'ignored') scope[known] = value;
    }
    return { ...scope, ...(Object.keys(labels).length > 0 ? { labels } : {}) };
  });

/** One of Kubescape's, as `kubescape scan --exceptions` reads them. */
const kubescape = z
  .looseObject({
    name: text,
    resources: list(designator),
    posturePolicies: list(
      z.looseObject({
        frameworkName: text.nullish(),
        controlID: text.nullish(),
        controlName: text.nullish(),
        ruleName: text.nullish(),
      }),
    ),
    expirationDate: moment.nullish(),
    reason: text.nullish(),
  })
  .transform(
    ({ name, resources, posturePolicies, expirationDate, reason }): Omit<PostureException, 'source'> => ({
      name,
      scopes: resources,
      policies: posturePolicies.map((policy) =>
        given({
          framework: policy.frameworkName,
          controlId: policy.controlID,
          controlName: policy.controlName,
          rule: policy.ruleName,
        }),
      ),
      ...given({ reason, expiresAtMs: expirationDate }),
    }),
  );

/** A list of them, or one. */
export const kubescapeExceptionsSchema = z.union([z.array(kubescape), kubescape.transform((one) => [one])]);

const ourScope = z.strictObject({
  cluster: text.nullish(),
  namespace: text.nullish(),
  kind: text.nullish(),
  name: text.nullish(),
  api_group: text.nullish(),
  labels: textMap,
  path: text.nullish(),
  container: text.nullish(),
});

/** Ours: who answers for it, why, and until when are not optional. */
export const exceptionsSchema = z
  .strictObject({
    exceptions: z.array(
      z.strictObject({
        name: text,
        owner: text,
        reason: text,
        expires: moment,
        controls: list(text),
        frameworks: list(text),
        resources: z.array(ourScope).min(1, 'expected at least one scope'),
      }),
    ),
  })
  .transform(({ exceptions }) =>
    exceptions.map(
      ({
        name,
        owner,
        reason,
        expires,
        controls,
        frameworks,
        resources,
      }): Omit<PostureException, 'source'> => ({
        name,
        owner,
        reason,
        expiresAtMs: expires,
        scopes: resources.map(({ api_group: apiGroup, labels, ...rest }) => ({
          ...given({ ...rest, apiGroup }),
          ...(Object.keys(labels).length > 0 ? { labels } : {}),
        })),
        policies: [
          ...controls.map((controlId) => ({ controlId })),
          ...frameworks.map((framework) => ({ framework })),
        ],
      }),
    ),
  );

/** Without what is null or not there. */
function given<Value>(fields: Readonly<Record<string, Value | null | undefined>>): Record<string, Value> {
  const found: Record<string, Value> = {};
  for (const [key, value] of Object.entries(fields))
    if (value !== null && value !== undefined) found[key] = value;
  return found;
}
