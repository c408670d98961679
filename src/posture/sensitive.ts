import { type SafeRegex, safeRegex } from '../kit/regex.ts';
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
    found = { exact: detector(inputs, ''), anyCase: detector(inputs, '(?i)') };
    detectors.set(inputs, found);
  }
  return options.anyCase ? found.anyCase : found.exact;
}

function detector(inputs: ControlInputs, flags: string): SecretDetector {
  const names = lowered(inputs['sensitiveKeyNames']);
  const allowedNames = lowered(inputs['sensitiveKeyNamesAllowed']);
  const values = anyOf(inputs['sensitiveValues'], flags);
  const allowedValues = anyOf(inputs['sensitiveValuesAllowed'], '');
  const contains = (parts: readonly string[], name: string) => {
    const low = name.toLowerCase();
    return parts.some((part) => low.includes(part));
  };
  return {
    isSecretName: (name) => contains(names, name),
    isSecretValue: (value) => values?.finds(value) ?? false,
    isAllowed: (name, value) => contains(allowedNames, name) || (allowedValues?.finds(value) ?? false),
  };
}

function lowered(list: readonly string[] = []): string[] {
  return list.map((text) => text.toLowerCase());
}

/** One pattern for all, so that each value is read once. */
function anyOf(patterns: readonly string[] = [], flags: string): SafeRegex | undefined {
  if (patterns.length === 0) return undefined;
  return safeRegex(`${flags}(?:${patterns.join(')|(?:')})`);
}
