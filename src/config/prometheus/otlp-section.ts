import { z } from 'zod';
import { flag, list, or, text } from '../../kit/yaml-fields.ts';

const strategies = [
  'UnderscoreEscapingWithSuffixes',
  'UnderscoreEscapingWithoutSuffixes',
  'NoUTF8EscapingWithSuffixes',
  'NoTranslation',
] as const;

export type OtlpStrategy = (typeof strategies)[number];

/** Strategies that leave names as they are, so that they need UTF-8 names. */
export const utf8Strategies: readonly OtlpStrategy[] = ['NoUTF8EscapingWithSuffixes', 'NoTranslation'];

const strategy = text.transform((value, context) => {
  const found = strategies.find((known) => known === value);
  if (found !== undefined) return found;
  context.addIssue({
    code: 'custom',
    message: `unsupported OTLP translation strategy "${value}"; there are ${strategies.join(', ')}`,
  });
  return z.NEVER;
});

const attributes = list(text.transform((name) => name.trim()));

const shape = z.strictObject({
  promote_all_resource_attributes: or(flag, false),
  promote_resource_attributes: attributes,
  ignore_resource_attributes: attributes,
  translation_strategy: or(strategy, 'UnderscoreEscapingWithSuffixes' as const),
  keep_identifying_resource_attributes: or(flag, false),
  convert_histograms_to_nhcb: or(flag, false),
  promote_scope_metadata: or(flag, false),
  label_name_underscore_sanitization: or(flag, true),
  label_name_preserve_multiple_underscores: or(flag, true),
});

export type OtlpSection = z.output<typeof shape>;

/**
 * `otlp`: how metrics that come by OTLP are named.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#configuration-file
 */
export const otlpSchema = shape.superRefine((section, context) => {
  const refuse = (field: string, message: string) =>
    context.addIssue({ code: 'custom', message, path: [field] });
  const { promote_all_resource_attributes: all, promote_resource_attributes: some } = section;
  if (all && some.length > 0) {
    refuse(
      'promote_resource_attributes',
      "'promote_all_resource_attributes' and 'promote_resource_attributes' cannot be configured simultaneously",
    );
  }
  for (const field of ['promote_resource_attributes', 'ignore_resource_attributes'] as const) {
    const problem = nameProblem(section[field]);
    if (problem !== undefined) refuse(field, `invalid '${field}': ${problem}`);
  }
  if (!all && section.ignore_resource_attributes.length > 0) {
    refuse(
      'ignore_resource_attributes',
      "'ignore_resource_attributes' cannot be configured unless 'promote_all_resource_attributes' is true",
    );
  }
});

/** Names of attributes: none empty, none twice. */
function nameProblem(names: readonly string[]): string | undefined {
  const repeated = names.filter((name, index) => name !== '' && names.indexOf(name) < index);
  const problems = [
    ...(names.includes('') ? ['there is an empty name'] : []),
    ...repeated.map((name) => `"${name}" is there twice`),
  ];
  return problems.length === 0 ? undefined : problems.join('; ');
}
