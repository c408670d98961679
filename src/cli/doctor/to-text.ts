import type { DoctorCheckJson, DoctorJson, DoctorState } from '../../api/skopos/doctor-contract.ts';
import { colours as pc } from '../colours.ts';

const marks: Readonly<Record<DoctorState, string>> = {
  ok: pc.green('ok     '),
  warn: pc.yellow('warn   '),
  fail: pc.red('fail   '),
  unknown: pc.magenta('unknown'),
};

/** For people: a line a check, with what to do under those that are not well, and the manifests that would help at the end. */
export function toText({ checks }: DoctorJson): string {
  const width = Math.max(...checks.map(({ title }) => title.length));
  const lines = checks.flatMap((check) => linesOf(check, width));
  const manifests = checks.flatMap(({ manifest }) => (manifest === undefined ? [] : [manifest]));
  const counts = (['ok', 'warn', 'fail', 'unknown'] as const)
    .map((state) => [state, checks.filter((check) => check.state === state).length] as const)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`);
  const grant = manifests.map((manifest) =>
    ['', 'kubectl apply -f - <<EOF', manifest.trimEnd(), 'EOF'].join('\n'),
  );
  return `${[...lines, ...grant, '', counts.join(', ')].join('\n')}\n`;
}

function linesOf(
  { title, state, message, advice, items = [] }: DoctorCheckJson,
  width: number,
): readonly string[] {
  const indent = ' '.repeat(9);
  return [
    `${marks[state]}  ${title.padEnd(width)}  ${message}`,
    ...items.filter((item) => item.state !== 'ok').map((item) => `${indent}${item.name}: ${item.message}`),
    ...(advice === '' ? [] : [`${indent}${pc.dim(`→ ${advice}`)}`]),
  ];
}
