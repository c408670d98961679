import { ExpositionError } from './exposition-error.ts';
import type { LabelPairs } from './metric-family.ts';
import { isRealNumber, readNumber } from './number.ts';

const metricName = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const labelName = /[a-zA-Z_][a-zA-Z0-9_]*/y;
/** Up to a quote or an escape; a string may hold everything else, line feeds being impossible in a line. */
const plainText = /[^"\\]+/y;
const token = /[^ ]*/y;
/** Reads one line of an exposition from left to right. Each method throws an {@link ExpositionError} where the format is broken. */
export class LineReader {
  readonly #text: string;
  readonly #line: number;
  #at = 0;

  constructor(text: string, line: number) {
    this.#text = text;
    this.#line = line;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** Whether the next characters are these; they are taken if so. */
  take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  expect(text: string, before: string): void {
    if (this.take(text)) return;
    throw this.error(`expected ${text === ' ' ? 'a space' : `"${text}"`} before ${before}, ${this.#found()}`);
  }

  metricName(): string {
    return this.#match(metricName) ?? this.#fail('expected the name of a metric ([a-zA-Z_:][a-zA-Z0-9_:]*)');
  }

  /** `{a="1",b="2"}`, the opening brace already taken. */
  labels(): LabelPairs {
    const labels: [string, string][] = [];
    if (this.take('}')) return labels;
    do {
      const name =
        this.#match(labelName) ?? this.#fail('expected the name of a label ([a-zA-Z_][a-zA-Z0-9_]*)');
      if (labels.some(([held]) => held === name)) throw this.error(`the label ${name} is there twice`);
      this.expect('=', `the value of label ${name}`);
      this.expect('"', `the value of label ${name}`);
      labels.push([name, this.#string(name)]);
    } while (this.take(','));
    this.expect('}', 'the value');
    return labels;
  }

  number(what: string): number {
    const text = this.#match(token) ?? '';
    const value = readNumber(text);
    if (value !== undefined) return value;
    if (text === '') throw this.error(`${what} is missing`);
    throw this.error(`${what} is no number: "${shortened(text)}"`);
  }

  /** Seconds as they are written, to milliseconds. */
  timestampMs(what: string): number {
    const text = this.#match(token) ?? '';
    if (!isRealNumber(text)) throw this.error(`${what} is no time in seconds: "${shortened(text)}"`);
    return Number(text) * 1000;
  }

  end(): void {
    if (!this.isAtEnd) throw this.error(`there is something after its end: ${this.#found()}`);
  }

  error(problem: string): ExpositionError {
    return new ExpositionError(this.#line, problem);
  }

  #string(label: string): string {
    let value = '';
    for (;;) {
      value += this.#match(plainText) ?? '';
      if (this.take('"')) return value;
      if (this.isAtEnd) throw this.error(`the value of label ${label} has no closing quote`);
      value += unescaped(this.#text.slice(this.#at, this.#at + 2), label, (problem) => this.error(problem));
      this.#at += 2;
    }
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #fail(problem: string): never {
    throw this.error(`${problem}, ${this.#found()}`);
  }

  #found(): string {
    if (this.isAtEnd) return 'found the end of the line';
    return `found "${shortened(this.#text.slice(this.#at))}" at column ${this.#at + 1}`;
  }
}

/** A backslash before anything but `n`, `"` and a backslash stands for itself. */
function unescaped(pair: string, label: string, error: (problem: string) => ExpositionError): string {
  if (pair.length < 2) throw error(`the value of label ${label} has no closing quote`);
  const next = pair.charAt(1);
  if (next === 'n') return '\n';
  return next === '"' || next === '\\' ? next : pair;
}

/** Text of a help line, its escapes undone. */
export function unescapedHelp(text: string): string {
  return text.replace(/\\([n"\\])/g, (_pair, next: string) => (next === 'n' ? '\n' : next));
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
