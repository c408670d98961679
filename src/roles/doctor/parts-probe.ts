import type { PartJson } from '../../api/skopos/contract.ts';
import type { DoctorCheckJson, DoctorState } from '../../api/skopos/doctor-contract.ts';
import type { Clock } from '../../kit/clock.ts';
import { formatDuration } from '../../kit/duration.ts';
import type { Probe } from './doctor.ts';
import { policyReportsAdvice } from './policy-reports-check.ts';

export interface PartsProbeOptions {
  readonly clock: Clock;
  /** The parts of the chain, receivers left out. */
  readonly parts: () => readonly PartJson[];
  /** A part that has not been right for longer is behind. */
  readonly staleMs: number;
}

const states: Readonly<Record<PartJson['state'], DoctorState>> = {
  ok: 'ok',
  degraded: 'warn',
  failed: 'fail',
  starting: 'unknown',
};

const advice: Readonly<Record<string, string>> = {
  inventory: 'What cannot be read is named above: grant it, or mend the file or the cluster.',
  posture: 'Look at the data folder and the log.',
  rules: 'Open the rule on the page Rules: its last error is there.',
  configuration:
    'Mend the file that the message names and reload (`POST /-/reload`), or restart where it asks for that.',
  nodes:
    'Open the page Nodes: each has the reason beside it. Look at the pods of `skopos node`, and at their log.',
  'policy-reports': policyReportsAdvice,
  peers: 'Look at the shared database, and at the other processes.',
};

/** What each part of the chain says of itself, and how old the last good word of it is. */
export function partsProbe({ clock, parts, staleMs }: PartsProbeOptions): Probe {
  return {
    id: 'parts',
    title: 'Parts of the chain',
    async run() {
      const nowMs = clock.now();
      return parts().map((part) => checkOf(part, nowMs, staleMs));
    },
  };
}

function checkOf(
  { name, state, message, lastSuccessMs }: PartJson,
  nowMs: number,
  staleMs: number,
): DoctorCheckJson {
  const check = { id: `part:${name}`, title: titleOf(name) };
  const ageMs = lastSuccessMs === undefined ? undefined : Math.max(0, nowMs - lastSuccessMs);
  const age = ageMs === undefined ? 'never so far' : `${formatDuration(Math.round(ageMs / 1000) * 1000)} ago`;
  const isEventDriven = name === 'configuration';
  const isStale = state === 'ok' && !isEventDriven && (ageMs ?? 0) > staleMs;
  if (isStale)
    return {
      ...check,
      state: 'warn',
      message: `was last known to be right ${age}`,
      advice: advice[name] ?? 'Look at the log.',
    };
  return {
    ...check,
    state: states[state],
    message: message === '' ? (state === 'starting' ? 'has just started' : `right ${age}`) : message,
    advice:
      state === 'ok'
        ? ''
        : state === 'starting'
          ? 'Ask again in a minute.'
          : (advice[name] ?? 'Look at the log.'),
  };
}

function titleOf(name: string): string {
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`.replaceAll('-', ' ');
}
