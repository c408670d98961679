import type { Position } from './position-file.ts';

/** One record of the log on its way: how many of its values are not settled yet. */
export interface Ticket {
  readonly end: Position;
  open: number;
  /** The record was there before this process began, so that it may have been sent before. */
  readonly isResumed: boolean;
}

/** Knows up to where everything of the log has been sent or given up, though batches are settled in any order. */
export class SendProgress {
  #tickets: Ticket[] = [];
  #first = 0;
  #done: Position;

  constructor(start: Position) {
    this.#done = start;
  }

  /** All before it is settled. */
  get done(): Position {
    return this.#done;
  }

  /** A record begins: its values are counted in the ticket's `open`, with one more until {@link close}. */
  open(end: Position, isResumed: boolean): Ticket {
    const ticket = { end, open: 1, isResumed };
    this.#tickets.push(ticket);
    return ticket;
  }

  /** All values of the record have been handed on. */
  close(ticket: Ticket): void {
    this.settle(ticket);
  }

  /** One value was sent or given up. */
  settle(ticket: Ticket): void {
    ticket.open--;
    if (ticket.open > 0) return;
    while (this.#first < this.#tickets.length && this.#tickets[this.#first]?.open === 0)
      this.#done = this.#tickets[this.#first++]?.end ?? this.#done;
    if (this.#first < 1024 || this.#first * 2 < this.#tickets.length) return;
    this.#tickets = this.#tickets.slice(this.#first);
    this.#first = 0;
  }
}
