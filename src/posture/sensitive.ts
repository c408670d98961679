import { safeRegex } from '../kit/regex.ts';
import type { ControlInputs } from './control.ts';

/** Tells by its name or value whether something is a secret, as the inputs of C-0012 say. Values may be compared in any case. */
export interface SecretDetector {
  isSecretName(name: string): boolean;
  isSecretValue(value: string): boolean;
  /** Named or valued so that it is none, whatever else speaks for it. */
  isAllowed(name: string, value: string): boolean;
}

/** Compiled once for a set of inputs. */
const detectors = new WeakMap<ControlInputs, { exact: SecretDetector; anyCase: SecretDetector }>();

export function secretDetector(
  inputs: ControlInputs,
  options: { readonly anyCase: boolean },
): SecretDetector {
  let found = detectors.get(inputs);
  if (found === undefined) {
    found = {
      exact: detector(inputs, { anyCase: false }),
      anyCase: detector(inputs, { anyCase: true }),
    };
    detectors.set(inputs, found);
  }
  return options.anyCase ? found.anyCase : found.exact;
}

function detector(inputs: ControlInputs, options: { readonly anyCase: boolean }): SecretDetector {
  const names = lowered(inputs['sensitiveKeyNames']);
  const allowedNames = lowered(inputs['sensitiveKeyNamesAllowed']);
  const isSecretValue = anyOf(inputs['sensitiveValues'], options);
  const isAllowedValue = anyOf(inputs['sensitiveValuesAllowed'], { anyCase: false });
  const contains = (parts: readonly string[], name: string) => {
    const low = name.toLowerCase();
    return parts.some((part) => low.includes(part));
  };
  return {
    isSecretName: (name) => contains(names, name),
    isSecretValue,
    isAllowed: (name, value) => contains(allowedNames, name) || isAllowedValue(value),
  };
}

function lowered(list: readonly string[] = []): string[] {
  return list.map((text) => text.toLowerCase());
}

/** Whether a value contains a match of any pattern. RE2 is asked only where a text that a match must have is there: it is slow. */
function anyOf(
  patterns: readonly string[] = [],
  options: { readonly anyCase: boolean },
): (value: string) => boolean {
  const fold = options.anyCase ? (text: string) => text.toLowerCase() : (text: string) => text;
  const tests = patterns.map((pattern) => {
    const literal = literalOf(pattern);
    const isWhole = literal === pattern;
    const regex = isWhole ? undefined : safeRegex(options.anyCase ? `(?i)${pattern}` : pattern);
    return { literal: fold(literal), regex };
  });
  return (value) => {
    const folded = fold(value);
    return tests.some(({ literal, regex }) => folded.includes(literal) && (regex?.finds(value) ?? true));
  };
}

/**
 * The longest text that every match of an RE2 pattern contains; '' when that is not plain to see. Wrong on the safe side
 * only: what is left out is looked for by the pattern itself.
 */
export function literalOf(pattern: string): string {
  if (/[(|)]|\\[\dpPQExXuCz]/.test(pattern.replace(/\\[\\()|]/g, '')) || pattern.includes('\\\\')) return '';
  const runs: string[] = [''];
  // Atoms: an escape, a class, a character; and the quantifier of each.
  for (const [, atom = '', quantifier = ''] of pattern.matchAll(
    /(\\.|\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]|.)([*+?]|\{[^}]*\})?/gsu,
  )) {
    const char = /^\\[^\w]$/u.test(atom) ? atom.slice(1) : atom;
    const isLiteral = [...char].length === 1 && (char !== atom || !/[.^$[\]{}*+?\\]/.test(char));
    if (isLiteral && quantifier === '') runs.push(`${runs.pop()}${char}`);
    else if (isLiteral && quantifier.startsWith('+')) runs.push(`${runs.pop()}${char}`, '');
    else runs.push('');
  }
  return runs.reduce((longest, run) => (run.length > longest.length ? run : longest), '');
}
