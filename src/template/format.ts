/** Go's `fmt.Sprint`, `Sprintln` and `Sprintf` over template values. Source: https://pkg.go.dev/fmt */
import { Printer, plainFlags } from './printer.ts';
import { type Flags, pad } from './scalar-format.ts';
import { kindOf, typeName } from './value.ts';

/** Widths and precisions beyond this are refused, as Go does. */
const widest = 1_000_000;

/**
 * The values as `print` shows them: a space between two neighbours that are both no strings.
 *
 * @param limit Longest text that may come out. @throws when it would be longer.
 * @param nil What stands for nil at the top.
 */
export function formatPrint(values: readonly unknown[], limit: number, nil = '<nil>'): string {
  const printer = new Printer(limit);
  values.forEach((value, i) => {
    if (i > 0 && kindOf(value) !== 'string' && kindOf(values[i - 1]) !== 'string') printer.write(' ');
    if (value === undefined || value === null) printer.write(nil);
    else printer.argument(value, 'v', plainFlags);
  });
  return printer.text;
}

export function formatPrintln(values: readonly unknown[], limit: number): string {
  const printer = new Printer(limit);
  values.forEach((value, i) => {
    if (i > 0) printer.write(' ');
    printer.argument(value, 'v', plainFlags);
  });
  printer.write('\n');
  return printer.text;
}

const directive =
  /%([+\-# 0]*)((?:\[[^\]]*\]?)?)(\*|\d*)(?:(\.)((?:\[[^\]]*\]?)?)(\*|\d*))?((?:\[[^\]]*\]?)?)([\s\S]?)/gu;

/** @throws when the text would be longer than `limit`. */
export function formatPrintf(format: string, values: readonly unknown[], limit: number): string {
  const printer = new Printer(limit);
  const args = new Arguments(values);
  let last = 0;
  for (const match of format.matchAll(directive)) {
    printer.write(format.slice(last, match.index));
    last = match.index + match[0].length;
    printDirective(printer, args, match);
  }
  printer.write(format.slice(last));
  if (!args.reordered && args.left.length > 0) {
    printer.write('%!(EXTRA ');
    args.left.forEach((value, i) => {
      if (i > 0) printer.write(', ');
      if (value === undefined || value === null) printer.write('<nil>');
      else {
        printer.write(`${typeName(value)}=`);
        printer.argument(value, 'v', plainFlags);
      }
    });
    printer.write(')');
  }
  return printer.text;
}

/** The arguments of one `printf`, taken in turn or by `[n]`. */
class Arguments {
  readonly #values: readonly unknown[];
  #at = 0;
  reordered = false;
  /** Whether an index since the last verb was out of range. */
  isBad = false;

  constructor(values: readonly unknown[]) {
    this.#values = values;
  }

  get left(): readonly unknown[] {
    return this.#values.slice(this.#at);
  }

  get isEmpty(): boolean {
    return this.#at >= this.#values.length;
  }

  take(): unknown {
    return this.#values[this.#at++];
  }

  /** Goes to the argument that `[n]` names; an empty text changes nothing. */
  select(index: string): void {
    if (index === '') return;
    this.reordered = true;
    const match = /^\[(\d+)\]$/.exec(index);
    const at = Number(match?.[1] ?? 0) - 1;
    if (at >= 0 && at < this.#values.length) this.#at = at;
    else this.isBad = true;
  }
}

function printDirective(printer: Printer, args: Arguments, match: RegExpExecArray): void {
  const [, marks = '', index1 = '', width = '', dot, index2 = '', precision = '', index3 = '', verb = ''] =
    match;
  args.isBad = false;
  args.select(index1);
  const flags: Flags = {
    plus: marks.includes('+'),
    minus: marks.includes('-'),
    sharp: marks.includes('#'),
    space: marks.includes(' '),
    zero: marks.includes('0'),
  };
  readWidth(printer, args, flags, width);
  if (dot !== undefined) {
    args.select(index2);
    readPrecision(printer, args, flags, precision);
  }
  args.select(index3);
  if (flags.minus) flags.zero = false;
  if (verb === '') {
    printer.write('%!(NOVERB)');
    return;
  }
  if (verb === '%') {
    printer.write('%');
    return;
  }
  if (args.isBad) {
    printer.write(`%!${verb}(BADINDEX)`);
    return;
  }
  if (args.isEmpty) {
    printer.write(`%!${verb}(MISSING)`);
    return;
  }
  const value = args.take();
  if (verb === 'T') {
    printer.write(pad(value === undefined ? '<nil>' : typeName(value), flags));
    return;
  }
  printer.argument(value, verb, flags);
}

function readWidth(printer: Printer, args: Arguments, flags: Flags, text: string): void {
  if (text === '') return;
  const width = text === '*' ? takeSize(args) : Number(text);
  if (width === undefined || Math.abs(width) > widest) {
    printer.write('%!(BADWIDTH)');
    return;
  }
  if (width < 0) flags.minus = true;
  flags.width = Math.abs(width);
}

function readPrecision(printer: Printer, args: Arguments, flags: Flags, text: string): void {
  const precision = text === '*' ? takeSize(args) : Number(text);
  if (precision !== undefined && precision < 0 && precision >= -widest) {
    printer.write('%!(BADPREC)');
    return;
  }
  if (precision === undefined || Math.abs(precision) > widest) {
    printer.write('%!(BADPREC)');
    return;
  }
  flags.precision = precision;
}

function takeSize(args: Arguments): number | undefined {
  const value = args.take();
  return kindOf(value) === 'int' ? Number(value) : undefined;
}
