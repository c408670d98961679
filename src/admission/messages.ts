import { formatRef } from '../model/object.ts';
import type { Evidence } from '../model/verdict.ts';
import type { Breach, Decision } from './decision.ts';

/**
 * Of one warning, in characters: the API server cuts longer ones. Of all warnings of a request it passes on 4,096, those of others
 * included, so that we leave room.
 *
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#response
 */
const warningChars = 256;
const allWarningsChars = 2_048;
const mostWarnings = 10;

/** A refusal of a reasonable length; the page has all of it. */
const mostRefusals = 10;
const lineChars = 600;
const annotationChars = 1_024;

/** What who asked is told of a refusal: each control with the place and how to mend it. */
export function refusalOf({ object, breaches }: Pick<Decision, 'object' | 'breaches'>): string {
  const denied = breaches.filter(({ action }) => action === 'deny');
  const lines = denied.slice(0, mostRefusals).map((breach) => {
    const { severity, rule, fix } = breach;
    return cut(
      `- ${textOf(breach)} (${severity}, rule "${rule}")${fix === '' ? '' : `; fix: ${fix}`}`,
      lineChars,
    );
  });
  const rest = denied.length - lines.length;
  const head = `${formatRef(object)} breaks ${denied.length === 1 ? 'a control' : `${denied.length} controls`}:`;
  return [head, ...lines, ...(rest > 0 ? [`- and ${rest} more`] : [])].join('\n');
}

/** Warnings within the limits of the API; the last says how many there is no room for. */
export function warningsOf(breaches: readonly Breach[]): string[] {
  const warned = breaches.filter(({ action }) => action === 'warn');
  const lines: string[] = [];
  let chars = 0;
  for (const breach of warned) {
    const line = cut(textOf(breach), warningChars);
    if (lines.length === mostWarnings - 1 || chars + line.length > allWarningsChars - 64) {
      lines.push(`and ${warned.length - lines.length} more`);
      break;
    }
    lines.push(line);
    chars += line.length;
  }
  return lines;
}

/** For the audit log of the API server, where keys are prefixed with the webhook's name. */
export function annotationsOf({
  outcome,
  skipped,
  breaches,
}: Pick<Decision, 'outcome' | 'skipped' | 'breaches'>) {
  const by = (action: Breach['action']) => [
    ...new Set(breaches.filter((one) => one.action === action).map(({ controlId }) => controlId)),
  ];
  const lists = (['deny', 'warn', 'audit'] as const).flatMap((action): [string, string][] => {
    const ids = by(action);
    return ids.length === 0 ? [] : [[action, cut(ids.join(','), annotationChars)]];
  });
  return Object.fromEntries([
    ['decision', outcome],
    ...(skipped === '' ? [] : [['skipped', skipped]]),
    ...lists,
  ]) as Record<string, string>;
}

/** How to mend what evidence shows, in a few words. */
export function fixOf({ fix, command }: Evidence, otherwise: string): string {
  if (fix !== undefined)
    return 'deletePath' in fix ? `remove ${fix.deletePath}` : `set ${fix.path} to ${fix.value}`;
  return command === undefined ? otherwise : `run ${command}`;
}

function textOf({ controlId, control, path, message, state, existing }: Breach): string {
  const at = path === '' ? '' : `${path}: `;
  const note = state === 'unknown' ? 'could not be judged: ' : existing === true ? 'as before: ' : '';
  return `${controlId} ${control}: ${note}${at}${message}`;
}

function cut(text: string, chars: number): string {
  const plain = text.replace(/\p{Cc}+/gu, ' ');
  return plain.length <= chars ? plain : `${plain.slice(0, chars - 1)}…`;
}
