import type { NotificationLogEntry } from '../dedup.ts';

/**
 * One notification's way through those who share the work: processes that know the same alerts, of which one is to send. Each attempt
 * is made between {@link begin} and {@link end}.
 */
export interface Turn {
  /**
   * Waits until it is this process's turn to send.
   *
   * @param isNews whether there is still something to say, given what was last told by whomever
   * @returns what was last told, when this process is to send now; `told` when a peer told it all meanwhile; `stopped` when `signal`
   * aborted first. Never rejects: where the peers cannot be asked, it is this process's turn.
   */
  begin(
    isNews: (last: NotificationLogEntry | undefined) => boolean,
    signal: AbortSignal,
  ): Promise<TurnAnswer>;
  /** The attempt has ended. What was delivered is in the notification log by then; what was not, a peer may try. */
  end(): void;
}

export type TurnAnswer =
  | { readonly kind: 'mine'; readonly last: NotificationLogEntry | undefined }
  | { readonly kind: 'told'; readonly by: string }
  | { readonly kind: 'stopped' };

/** Gives turns, one for each notification. */
export interface Turns {
  of(lane: string): Turn;
}
