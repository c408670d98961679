import { quote } from './quote.ts';
import { type Flags, formatFloat, formatInt, formatText, pad } from './scalar-format.ts';
import { bare, entriesOf, fieldsOf, GoNamed, itemsOf, kindOf, methodOf, typeName } from './value.ts';

export const plainFlags: Readonly<Flags> = {
  plus: false,
  minus: false,
  sharp: false,
  space: false,
  zero: false,
};

/** Values within values that are printed before it is taken for a ring. */
const deepest = 100;

/** Puts values together to a text of bounded length, as package fmt prints them. */
export class Printer {
  readonly #limit: number;
  #text = '';
  #depth = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get text(): string {
    return this.#text;
  }

  /** @throws when the text gets longer than it may. */
  write(text: string): void {
    this.#text += text;
    if (this.#text.length > this.#limit) throw new Error(`text exceeds ${this.#limit} characters`);
  }

  /** One operand under a verb. */
  argument(value: unknown, verb: string, given: Flags): void {
    const flags = verb === 'v' && given.plus ? { ...given, plus: false, names: true } : given;
    if (value !== undefined && value !== null) {
      this.#value(value, verb, flags);
      return;
    }
    if (verb === 'v') this.write(pad('<nil>', flags));
    else this.write(`%!${verb}(<nil>)`);
  }

  #value(value: unknown, verb: string, flags: Flags): void {
    if (this.#depth > 0 && (value === undefined || value === null)) {
      this.write('<nil>');
      return;
    }
    if (++this.#depth > deepest) throw new Error(`value nests more than ${deepest} deep`);
    if (!this.#stringer(value, verb, flags)) this.#byKind(value, verb, flags);
    this.#depth--;
  }

  /** What has a `String` or `Error` method is shown by it. */
  #stringer(value: unknown, verb: string, flags: Flags): boolean {
    if (typeof value !== 'object' || !'vsxXq'.includes(verb) || (verb === 'v' && flags.sharp)) return false;
    const method = methodOf(value, 'Error') ?? methodOf(value, 'String');
    if (method === undefined) return false;
    const shown = (typeof method === 'function' ? method : (method.call as () => unknown))();
    this.write(formatText(String(shown), verb, flags) ?? '');
    return true;
  }

  #byKind(value: unknown, verb: string, flags: Flags): void {
    const isSource = verb === 'v' && flags.sharp;
    const scalar = bare(value);
    switch (kindOf(value)) {
      case 'string':
        if (isSource) {
          this.write(pad(quote(String(scalar)), flags));
          return;
        }
        this.#scalar(formatText(String(scalar), verb, flags), value, verb, flags);
        return;
      case 'bool':
        this.#scalar(
          verb === 'v' || verb === 't' ? pad(String(scalar), flags) : undefined,
          value,
          verb,
          flags,
        );
        return;
      case 'int':
        this.#scalar(
          formatInt(scalar as number | bigint, verb, isSource ? { ...flags, sharp: false } : flags),
          value,
          verb,
          flags,
        );
        return;
      case 'float':
        this.#scalar(formatFloat(scalar as number, verb, flags), value, verb, flags);
        return;
      case 'slice':
        this.#list(value, verb, flags, isSource);
        return;
      case 'map':
        this.#map(value, verb, flags, isSource);
        return;
      case 'struct':
        this.#struct(value as object, verb, flags, isSource);
        return;
      default:
        this.#scalar(verb === 'v' ? '0x0' : undefined, value, verb, flags);
        return;
    }
  }

  #scalar(text: string | undefined, value: unknown, verb: string, flags: Flags): void {
    if (text !== undefined) {
      this.write(text);
      return;
    }
    const bareValue = value instanceof GoNamed ? value.value : value;
    this.write(`%!${verb}(${typeName(value)}=`);
    if (typeof bareValue === 'function') this.write('0x0');
    // The flags go on to hold, which Go does too: `%05d` of "a" is `%!d(string=0000a)`.
    else this.#byKind(bareValue, 'v', flags);
    this.write(')');
  }

  #list(value: unknown, verb: string, flags: Flags, isSource: boolean): void {
    this.write(isSource ? `${typeName(value)}{` : '[');
    itemsOf(value).forEach((item, i) => {
      if (i > 0) this.write(isSource ? ', ' : ' ');
      this.#element(item, verb, flags, isSource);
    });
    this.write(isSource ? '}' : ']');
  }

  #map(value: unknown, verb: string, flags: Flags, isSource: boolean): void {
    this.write(isSource ? `${typeName(value)}{` : 'map[');
    entriesOf(value).forEach(([key, item], i) => {
      if (i > 0) this.write(isSource ? ', ' : ' ');
      this.#value(key, verb, flags);
      this.write(':');
      this.#element(item, verb, flags, isSource);
    });
    this.write(isSource ? '}' : ']');
  }

  #struct(value: object, verb: string, flags: Flags, isSource: boolean): void {
    this.write(isSource ? `${typeName(value)}{` : '{');
    fieldsOf(value).forEach(([name, field], i) => {
      if (i > 0) this.write(isSource ? ', ' : ' ');
      if (isSource || flags.names) this.write(`${name}:`);
      this.#element(field, verb, flags, isSource);
    });
    this.write('}');
  }

  #element(value: unknown, verb: string, flags: Flags, isSource: boolean): void {
    if (isSource && (value === undefined || value === null)) {
      this.write('interface {}(nil)');
      return;
    }
    this.#value(value, verb, flags);
  }
}
