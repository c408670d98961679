import { z } from 'zod';
import { text } from '../../kit/yaml-fields.ts';

/** Which characters names of metrics and labels may have. */
export type ValidationScheme = 'legacy' | 'utf8';

/** How a target is asked to write names that have other characters. */
export type EscapingScheme = 'allow-utf-8' | 'underscores' | 'dots' | 'values';

const validation: readonly string[] = ['legacy', 'utf8'];
const escaping: readonly string[] = ['allow-utf-8', 'underscores', 'dots', 'values'];

function oneOf<Name extends string>(names: readonly string[], what: string) {
  return text
    .transform((value, context) => {
      if (value === '' || names.includes(value)) return value as Name | '';
      context.addIssue({
        code: 'custom',
        message: `unrecognized ${what} "${value}"; there are ${names.join(', ')}`,
      });
      return z.NEVER;
    })
    .nullish();
}

export const validationSchemeSchema = oneOf<ValidationScheme>(validation, 'name validation scheme');
export const escapingSchemeSchema = oneOf<EscapingScheme>(escaping, 'name escaping scheme');

/** Both schemes as they are in force, from a section's own and those that it inherits; or why they do not go together. */
export function nameSchemes(
  own: {
    readonly metric_name_validation_scheme?: ValidationScheme | '' | null | undefined;
    readonly metric_name_escaping_scheme?: EscapingScheme | '' | null | undefined;
  },
  inherited: { readonly validation: ValidationScheme; readonly escaping: EscapingScheme | undefined },
):
  | { readonly validation: ValidationScheme; readonly escaping: EscapingScheme }
  | { readonly problem: string } {
  const valid = own.metric_name_validation_scheme || inherited.validation;
  const escaped =
    own.metric_name_escaping_scheme ||
    inherited.escaping ||
    (valid === 'utf8' ? 'allow-utf-8' : 'underscores');
  if (valid === 'legacy' && escaped === 'allow-utf-8') {
    return { problem: 'utf8 metric names requested but validation scheme is not set to UTF8' };
  }
  return { validation: valid, escaping: escaped };
}
