import type { Span } from './ast.ts';
import { lineAndColumn } from './errors.ts';

/** At most this many of a kind are told; a note tells how many more there were. */
const most = 10;

/** Collects what a query wants to say beside its result; equal remarks are told once. */
export class Annotations {
  readonly #text: string;
  readonly #warnings = new Set<string>();
  readonly #infos = new Set<string>();

  /** `text` is the query, for positions. */
  constructor(text: string) {
    this.#text = text;
  }

  warn(message: string, span: Span): void {
    this.#warnings.add(`PromQL warning: ${message} (${lineAndColumn(this.#text, span.start)})`);
  }

  info(message: string, span: Span): void {
    this.#infos.add(`PromQL info: ${message} (${lineAndColumn(this.#text, span.start)})`);
  }

  /** How many different remarks there are. */
  get count(): number {
    return this.#warnings.size + this.#infos.size;
  }

  get warnings(): string[] {
    return limited(this.#warnings, 'warning');
  }

  get infos(): string[] {
    return limited(this.#infos, 'info');
  }
}

function limited(all: ReadonlySet<string>, kind: string): string[] {
  const list = [...all];
  return list.length <= most
    ? list
    : [...list.slice(0, most), `${list.length - most} more ${kind} annotations omitted`];
}
