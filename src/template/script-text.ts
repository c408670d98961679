/** Values within scripts: https://pkg.go.dev/html/template#hdr-Contexts */
import { toJson } from './alertmanager/json.ts';
import { defaultLimits } from './limits.ts';
import { GoNamed, methodOf } from './value.ts';

type State = 'code' | '"' | "'" | '`' | 'regexp' | 'line' | 'block';

/** Words after which a slash begins a regular expression and divides nothing. */
const beforeRegexp = new Set(
  'break case continue delete do else finally in instanceof return throw try typeof void'.split(' '),
);

/**
 * Follows a script through the text of a template, so that each value is written for the place where it stands: as JSON in code,
 * escaped in strings, template literals and regular expressions. Comments are left out, but not in attributes.
 */
export class ScriptText {
  readonly #keepsComments: boolean;
  #state: State = 'code';
  #isRegexpNext = true;
  /** Braces that are open within each `${` of a template literal. */
  readonly #braces: number[] = [];
  #commentHasLines = false;

  constructor(options: { readonly keepsComments: boolean }) {
    this.#keepsComments = options.keepsComments;
  }

  /** Takes in text of the template, and gives what of it is to be written. */
  text(piece: string): string {
    let out = '';
    for (let at = 0; at < piece.length; ) {
      const from = at;
      const [next, shown] = this.#step(piece, at);
      at = next;
      out += shown ?? piece.slice(from, at);
    }
    return out;
  }

  /** @param shown the value as text */
  value(value: unknown, shown: string): string {
    switch (this.#state) {
      case 'code':
        // After a value a slash divides.
        this.#isRegexpNext = false;
        return asValue(value, shown);
      case '"':
      case "'":
        return escapeSigns(shown, /[\0\t\n\v\f\r"`&'+/<>\\\u2028\u2029]/g);
      case '`':
        return escapeSigns(shown, /[\0\t\n\v\f\r"`&'+/<>\\${}\u2028\u2029]/g);
      case 'regexp':
        return shown === ''
          ? '(?:)'
          : escapeSigns(shown, /[\0\t\n\v\f\r"$&'()*+\-./<>?[\\\]^{|}\u2028\u2029]/g, true);
      default:
        return '';
    }
  }

  /** The place behind what was read, and what is written for it where that is not the text itself. */
  #step(text: string, at: number): readonly [number, string?] {
    switch (this.#state) {
      case 'code':
        return this.#code(text, at);
      case 'line': {
        const end = text.slice(at).search(/[\n\r\u2028\u2029]/);
        if (end >= 0) this.#state = 'code';
        return this.#comment(end < 0 ? text.length : at + end, '');
      }
      case 'block': {
        const end = text.indexOf('*/', at);
        const stop = end < 0 ? text.length : end + 2;
        if (/[\n\r\u2028\u2029]/.test(text.slice(at, stop))) this.#commentHasLines = true;
        if (end < 0) return this.#comment(stop, '');
        this.#state = 'code';
        return this.#comment(stop, this.#commentHasLines ? '\n' : ' ');
      }
      case '`':
        return [this.#templateLiteral(text, at)];
      default:
        return [this.#literal(text, at)];
    }
  }

  #comment(end: number, instead: string): readonly [number, string?] {
    return this.#keepsComments ? [end] : [end, instead];
  }

  #code(text: string, at: number): readonly [number, string?] {
    const found = /["`'/{}]|<!--|-->|#!/g;
    found.lastIndex = at;
    const match = found.exec(text);
    const stop = match?.index ?? text.length;
    this.#look(text.slice(at, stop));
    if (match === null) return [stop];
    const sign = match[0];
    const two = text.slice(stop, stop + 2);
    if (two === '//' || two === '/*' || sign.length > 1) {
      this.#state = two === '/*' ? 'block' : 'line';
      this.#commentHasLines = false;
      const end = stop + (sign.length > 1 ? sign.length : 2);
      return this.#keepsComments ? [end] : [end, text.slice(at, stop)];
    }
    this.#sign(sign);
    return [stop + 1];
  }

  #sign(sign: string): void {
    const inner = this.#braces.length - 1;
    if (sign === '/') {
      if (this.#isRegexpNext) this.#state = 'regexp';
      else this.#isRegexpNext = true;
    } else if (sign === '{' || sign === '}') {
      this.#isRegexpNext = true;
      if (inner < 0) return;
      const open = (this.#braces[inner] ?? 0) + (sign === '{' ? 1 : -1);
      this.#braces[inner] = open;
      if (open >= 0) return;
      this.#braces.pop();
      this.#state = '`';
    } else {
      this.#state = sign as State;
      this.#isRegexpNext = true;
    }
  }

  /** What a slash would mean after this code. */
  #look(code: string): void {
    const text = code.replace(
      /[\f\n\r\t\v \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+$/,
      '',
    );
    if (text === '') return;
    const signs = /(\++|-+)$/.exec(text)?.[0];
    const word = /[$\w]+$/.exec(text)?.[0];
    if (signs !== undefined) this.#isRegexpNext = signs.length % 2 === 1;
    else if (text.endsWith('.')) this.#isRegexpNext = !/\d\.$/.test(text);
    else if (word !== undefined) this.#isRegexpNext = beforeRegexp.has(word);
    else this.#isRegexpNext = /[,<>=*%&|^?!~([:;{}]$/.test(text);
  }

  #literal(text: string, at: number): number {
    const end = this.#state === 'regexp' ? '/' : this.#state;
    let isSet = false;
    for (let i = at; i < text.length; i++) {
      const char = text[i];
      if (char === '\\') i = this.#escaped(text, i);
      else if (this.#state === 'regexp' && (char === '[' || char === ']')) isSet = char === '[';
      else if (char === end && !isSet) {
        this.#state = 'code';
        this.#isRegexpNext = false;
        return i + 1;
      }
    }
    if (isSet) throw new Error('a value cannot stand within a set of characters of a regular expression');
    return text.length;
  }

  #templateLiteral(text: string, at: number): number {
    for (let i = at; i < text.length; i++) {
      if (text[i] === '\\') i = this.#escaped(text, i);
      else if (text[i] === '`') {
        this.#state = 'code';
        return i + 1;
      } else if (text.startsWith('${', i)) {
        this.#braces.push(0);
        this.#state = 'code';
        return i + 2;
      }
    }
    return text.length;
  }

  #escaped(text: string, at: number): number {
    if (at + 1 === text.length) throw new Error('a value cannot stand after a backslash of a script');
    return at + 1;
  }
}

const longNames: Readonly<Record<string, string>> = {
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
  '/': '\\/',
  '\\': '\\\\',
};

/** Signs that would mean something to HTML too are written as numbers, so that the result may stand in an attribute. */
function escapeSigns(text: string, what: RegExp, isRegexp = false): string {
  return text.replace(what, (char) => {
    const known = longNames[char];
    if (known !== undefined) return known;
    if (isRegexp && /[$()*\-.?[\]^{|}]/.test(char)) return `\\${char}`;
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

function asValue(value: unknown, shown: string): string {
  if (value instanceof GoNamed && value.type === 'template.JS') return shown;
  if (value instanceof GoNamed && value.type === 'template.JSStr') return `"${shown}"`;
  let json: string;
  try {
    json = toJson(methodOf(value, 'String') === undefined ? value : shown, defaultLimits.output);
  } catch (error) {
    return ` /* ${(error as Error).message.replaceAll('*/', '* /').replace(/[<>]/g, '')} */null `;
  }
  // A word or a number must not grow together with what stands beside it.
  return /^[$\w]|[$\w]$/.test(json) ? ` ${json} ` : json;
}

/** Whether a script of this type holds a script, or data that is read as one; any other is text. */
export function isScriptType(type: string): boolean {
  const name = (type.split(';')[0] ?? '').trim().toLowerCase();
  return (
    name === '' ||
    name === 'module' ||
    /^(?:application|text)\/(?:x-)?(?:ecma|java)script$/.test(name) ||
    /^text\/(?:javascript1\.[0-5]|jscript|livescript)$/.test(name) ||
    name === 'application/json' ||
    name === 'application/ld+json'
  );
}
