import type { Places } from '../kit/places.ts';
import type { IntegrationConfig, ReceiverConfig } from './config/alerting-config.ts';

/** One entry of a receiver, ready to be sent to. */
export interface Integration {
  readonly receiver: string;
  readonly config: IntegrationConfig;
  /** `ops/slack[0]`. */
  readonly name: string;
  /** How many notifications go to it at the same time. */
  readonly gate: Places;
}

export interface Receiver {
  readonly config: ReceiverConfig;
  readonly integrations: readonly Integration[];
}

/** One group's way to one integration: what the notification log remembers by. */
export function laneKey(groupKey: string, { name }: Integration): string {
  return `${groupKey}|${name}`;
}

/** Whether it leads to people of this process alone (see `isOwn` of its kind). */
export function isOwnLane(lane: string): boolean {
  return /\/inbox\[\d+\]$/.test(lane);
}
