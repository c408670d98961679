import { basename } from 'node:path';
import { parse, stringify } from 'yaml';
import type { RuleText } from '../lint/rule-files.ts';

/** A rule file's groups as they stand there, numbers and texts as Prometheus reads them. */
export interface ExportedGroup extends Readonly<Record<string, unknown>> {
  readonly name: string;
}

/** The groups of a file that has been read as a rule file already, so it has the form of one. */
export function groupsOf({ text }: RuleText): readonly ExportedGroup[] {
  // As Prometheus reads them: what is a text there stays one, `for: 0` and `expr: 1` included.
  const top = parse(text, { schema: 'failsafe', merge: true, maxAliasCount: 1000 }) as {
    readonly groups?: readonly (Record<string, unknown> & { readonly name: string })[];
  };
  return (top.groups ?? []).map(({ limit, ...group }) => ({
    ...group,
    ...(limit === undefined || limit === '' ? {} : { limit: Number(limit) }),
  }));
}

/** A name for what comes of a file: its own, without folders and ends, as Kubernetes takes it. */
export function nameOf({ path }: RuleText): string {
  const plain = basename(path)
    .replace(/(?:\.rules)?\.ya?ml$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return plain === '' ? 'rules' : plain;
}

/**
 * A `PrometheusRule` for each file, for clusters that run the Prometheus operator.
 *
 * Source: https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PrometheusRule
 */
export function toPrometheusRules(
  files: readonly RuleText[],
  metadata: { readonly namespace?: string; readonly labels: Readonly<Record<string, string>> },
): string {
  const { namespace, labels } = metadata;
  return files
    .map((file) =>
      yaml({
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'PrometheusRule',
        metadata: {
          name: nameOf(file),
          ...(namespace === undefined ? {} : { namespace }),
          ...(Object.keys(labels).length === 0 ? {} : { labels }),
        },
        spec: { groups: groupsOf(file) },
      }),
    )
    .join('---\n');
}

/** One rule file with the groups of all; a name that several files have gets the file's in front. */
export function toRuleFile(files: readonly RuleText[]): string {
  const counts = new Map<string, number>();
  for (const { name } of files.flatMap(groupsOf)) counts.set(name, (counts.get(name) ?? 0) + 1);
  const groups = files.flatMap((file) =>
    groupsOf(file).map((group) =>
      (counts.get(group.name) ?? 0) > 1 ? { ...group, name: `${nameOf(file)}-${group.name}` } : group,
    ),
  );
  return yaml({ groups });
}

export function yaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
