import { EscapedHtml } from './builtins.ts';
import {
  type AttributeType,
  attributeType,
  encodeUrlPart,
  escapeSrcset,
  escapeText,
  escapeUnquoted,
  failsafe,
  filterCss,
  filterUrl,
  keepUnquoted,
  normalizeUrl,
  stripTags,
} from './html-escape.ts';
import type { Sink } from './scope.ts';
import { isScriptType, ScriptText } from './script-text.ts';
import { escapeCssString, placeInStyle, standInFor } from './style-text.ts';
import { GoNamed } from './value.ts';

/** Elements whose content is text without tags. */
const rawText = new Set(['title', 'textarea', 'script', 'style']);

type State =
  | 'text'
  | 'raw'
  | 'comment'
  | 'tagName'
  | 'tag'
  | 'attributeName'
  | 'afterName'
  | 'beforeValue'
  | 'value';

/**
 * Output as HTML, each value escaped for the place where it comes out (Go's html/template rules).
 *
 * It follows the text of the template through the output as a browser would: Go works the places out beforehand, and
 * refuses a template whose branches end in different ones; here every rendering has its own, and that is no error.
 * Only text of the template can open or close a tag, an attribute or a comment; values never do.
 *
 * Escaped: text, `title` and `textarea`, quoted and unquoted attributes, names of attributes, URLs, scripts and event handlers,
 * styles. Refused: values within names of tags.
 * Comments of the template are left out, as Go does.
 *
 * Source: https://pkg.go.dev/html/template#hdr-Contexts
 */
export class HtmlSink implements Sink {
  output = '';
  #state: State = 'text';
  /** Text whose meaning depends on what follows: a `<` at the end of a piece. */
  #held = '';
  /** The tag being written, or the element whose raw text is. */
  #element = '';
  #isClosing = false;
  #attribute = '';
  #type: AttributeType = 'plain';
  #quote: '"' | "'" | '' = '';
  /** What the attribute, or the style sheet, says so far. */
  #written = '';
  /** The script of the element or of the attribute. */
  #script: ScriptText | undefined;
  #scriptType = '';

  get length(): number {
    return this.output.length;
  }

  text(text: string): void {
    const all = this.#held + text;
    this.#held = '';
    for (let at = 0; at < all.length; ) at = this.#step(all, at);
  }

  /** @throws when a value cannot be made safe where it stands. */
  value(value: unknown, print: (value: unknown) => string): void {
    this.#release();
    if (this.#state === 'comment') return;
    // What is not there leaves nothing in HTML.
    const text = value === undefined || value === null ? '' : print(value);
    this.output += this.#escaped(text, value instanceof GoNamed ? value.type : '', value);
  }

  /** Closes the output; a text instead says why it is no whole document. */
  finish(): string | undefined {
    this.#release();
    if (this.#state === 'text') return undefined;
    const where = this.#state === 'raw' ? `the element ${this.#element}` : `a ${this.#place()}`;
    return `ends in a non-text context: within ${where}`;
  }

  #place(): string {
    if (this.#state === 'comment') return 'comment';
    return this.#state === 'value' ? `value of the attribute ${this.#attribute}` : 'tag';
  }

  #release(): void {
    this.output += this.#state === 'text' ? this.#held.replace('<', '&lt;') : this.#held;
    this.#held = '';
  }

  /** Takes in some of the text, and returns the place behind it. */
  #step(text: string, at: number): number {
    switch (this.#state) {
      case 'text':
        return this.#plainText(text, at);
      case 'raw':
        return this.#rawText(text, at);
      case 'comment': {
        const end = text.indexOf('-->', at);
        if (end >= 0) this.#state = 'text';
        return end < 0 ? text.length : end + 3;
      }
      case 'tagName':
        return this.#word(text, at, /[a-zA-Z0-9:-]*/y, (name) => {
          this.#element += name.toLowerCase();
          this.#state = 'tag';
        });
      case 'tag':
        return this.#tag(text, at);
      case 'attributeName':
        return this.#word(text, at, /[^\s=>"'</]*/y, (name) => {
          this.#attribute += name;
          this.#state = 'afterName';
        });
      case 'afterName':
      case 'beforeValue':
        return this.#equals(text, at);
      default:
        return this.#attributeValue(text, at);
    }
  }

  #plainText(text: string, at: number): number {
    const open = text.indexOf('<', at);
    if (open < 0) return this.#write(text, at, text.length);
    this.#write(text, at, open);
    const rest = text.slice(open, open + 10);
    const tag = /^<(\/?)[a-zA-Z]/.exec(rest);
    if (tag !== null) {
      this.#state = 'tagName';
      this.#element = '';
      this.#isClosing = tag[1] === '/';
      this.#scriptType = '';
      return this.#write(text, open, open + tag[0].length - 1);
    }
    if (rest.startsWith('<!--')) {
      this.#state = 'comment';
      return open + 4;
    }
    if (/^<!doctype/i.test(rest)) return this.#write(text, open, open + rest.length);
    if (isStart(rest)) {
      this.#held = rest;
      return text.length;
    }
    this.output += '&lt;';
    return open + 1;
  }

  /** Within `script` and the like only the closing tag ends the text. */
  #rawText(text: string, at: number): number {
    const close = new RegExp(`</${this.#element}(?=[\\s>/])`, 'i').exec(text.slice(at));
    if (close !== null) {
      this.#writeRaw(text, at, at + close.index);
      this.#state = 'tag';
      this.#isClosing = true;
      return this.#write(text, at + close.index, at + close.index + close[0].length);
    }
    // The closing tag may be cut in two: what could be its start waits.
    const tail = /<\/?[a-zA-Z]*$/.exec(text.slice(at));
    const end = tail === null ? text.length : at + tail.index;
    this.#held = text.slice(end);
    this.#writeRaw(text, at, end);
    return text.length;
  }

  #writeRaw(text: string, from: number, to: number): number {
    const part = text.slice(from, to);
    this.#written += part;
    this.output += this.#element === 'script' && this.#script !== undefined ? this.#script.text(part) : part;
    return to;
  }

  #tag(text: string, at: number): number {
    const char = text[at];
    if (char === '>') {
      this.#endTag();
      return this.#write(text, at, at + 1);
    }
    if (char === '"' || char === "'" || char === '<')
      throw new Error(`${char} within the tag ${this.#element}`);
    if (char !== '/' && char !== undefined && !/\s/.test(char)) {
      this.#attribute = '';
      this.#state = 'attributeName';
      // An `=` in front of a name is part of it.
      if (char !== '=') return at;
      this.#attribute = '=';
    }
    return this.#write(text, at, at + 1);
  }

  #endTag(): void {
    this.#written = '';
    const isText = this.#element === 'script' && !isScriptType(this.#scriptType);
    this.#script = this.#element === 'script' ? new ScriptText({ keepsComments: false }) : undefined;
    this.#state = !this.#isClosing && rawText.has(this.#element) && !isText ? 'raw' : 'text';
  }

  /** Takes in a name that may go on in the next piece of text. */
  #word(text: string, at: number, form: RegExp, take: (word: string) => void): number {
    form.lastIndex = at;
    const word = form.exec(text)?.[0] ?? '';
    const state = this.#state;
    take(word);
    if (at + word.length === text.length) this.#state = state;
    return this.#write(text, at, at + word.length);
  }

  #equals(text: string, at: number): number {
    const char = text[at] ?? '';
    if (/\s/.test(char)) return this.#write(text, at, at + 1);
    if (this.#state === 'afterName') {
      if (char !== '=') {
        this.#state = 'tag';
        return at;
      }
      this.#state = 'beforeValue';
      return this.#write(text, at, at + 1);
    }
    if (char === '>') {
      this.#state = 'tag';
      return at;
    }
    const isQuoted = char === '"' || char === "'";
    this.#enterValue(isQuoted ? char : '');
    return isQuoted ? this.#write(text, at, at + 1) : at;
  }

  #enterValue(quote: '"' | "'" | ''): void {
    this.#state = 'value';
    this.#quote = quote;
    this.#type = attributeType(this.#attribute);
    this.#written = '';
    this.#script = this.#type === 'script' ? new ScriptText({ keepsComments: true }) : undefined;
  }

  #attributeValue(text: string, at: number): number {
    const end = this.#quote === '' ? text.slice(at).search(/[\s>]/) : text.slice(at).indexOf(this.#quote);
    const stop = end < 0 ? text.length : at + end;
    const part = text.slice(at, stop);
    this.#written += part;
    this.#script?.text(decodeEntities(part));
    this.#write(text, at, stop);
    if (this.#element === 'script' && this.#attribute.toLowerCase() === 'type')
      this.#scriptType = this.#written;
    if (end < 0) return stop;
    this.#state = 'tag';
    return this.#quote === '' ? stop : this.#write(text, stop, stop + 1);
  }

  #write(text: string, from: number, to: number): number {
    this.output += text.slice(from, to);
    return to;
  }

  #escaped(text: string, type: string, value: unknown): string {
    switch (this.#state) {
      case 'text':
        return type === 'template.HTML' ? text : escapeText(text);
      case 'raw':
        return this.#escapedRaw(text, type, value);
      case 'beforeValue':
        this.#enterValue('');
        return this.#escapedValue(text, type, value);
      case 'value':
        return this.#escapedValue(text, type, value);
      case 'tag':
      case 'attributeName':
      case 'afterName':
        return this.#name(text);
      default:
        throw new Error('a value cannot stand in the name of a tag');
    }
  }

  /** The name of an attribute: a plain one, which nothing can run. */
  #name(text: string): string {
    this.#attribute = this.#state === 'attributeName' ? this.#attribute + text : text;
    this.#state = 'attributeName';
    const name = text.toLowerCase();
    return /^[a-z0-9]+$/.test(name) && attributeType(name) === 'plain' ? name : failsafe;
  }

  #escapedRaw(text: string, type: string, value: unknown): string {
    if (this.#element === 'script') return this.#script?.value(value ?? null, text) ?? '';
    if (this.#element === 'style') return this.#style(text, type);
    return type === 'template.HTML' ? text.replace(/["'<>+]/g, (char) => escapeText(char)) : escapeText(text);
  }

  #escapedValue(text: string, type: string, value: unknown): string {
    if (value instanceof EscapedHtml) {
      if (this.#type !== 'plain') return this.#escapedValue(value.plain, '', value.plain);
      if (this.#quote === '') throw new Error('predefined escaper "html" disallowed in template');
      return text;
    }

    const quoted = this.#quote === '' ? escapeUnquoted : escapeText;
    switch (this.#type) {
      case 'url':
        return quoted(this.#url(text, type));
      case 'srcset':
        return quoted(escapeSrcset(text, type));
      case 'style':
        return quoted(this.#style(text, type));
      case 'script':
        return quoted(this.#script?.value(value ?? null, text) ?? '');
      default:
        if (type !== 'template.HTML') return quoted(text);
        return this.#quote === '' ? keepUnquoted(stripTags(text)) : stripTags(text);
    }
  }

  #url(text: string, type: string): string {
    const before = this.#written.trim();
    if (/^(?:javascript|vbscript|data):/i.test(before.replace(/\s|&(?:tab|newline);/gi, '')))
      throw new Error(`a value cannot stand in a ${before.split(':')[0]} URL`);
    const isTrusted = type === 'template.URL';
    const isQuery = /[?#]/.test(before);
    // Only how it begins and whether its query has begun matters, however long it grows.
    this.#written = isQuery ? '?' : before.slice(0, 64);
    if (isQuery) return isTrusted ? normalizeUrl(text) : encodeUrlPart(text);
    return normalizeUrl(before === '' && !isTrusted ? filterUrl(text) : text);
  }

  /** A value of a property, or a part of a string or an address, which a string may be too. */
  #style(text: string, type: string): string {
    const written = this.#state === 'value' ? decodeEntities(this.#written) : this.#written;
    const place = placeInStyle(written);
    this.#written = standInFor(place, written);
    if (place.kind === 'comment') return '';
    if (place.kind === 'value') return type === 'template.CSS' ? text : filterCss(text);
    if (/[?#]/.test(place.inner)) return encodeUrlPart(text);
    const isFirst = place.inner.trim() === '' && type !== 'template.URL';
    const filtered = isFirst ? filterUrl(text) : text;
    return place.kind === 'string' ? escapeCssString(filtered) : normalizeUrl(filtered);
  }
}

const entities: Readonly<Record<string, string>> = {
  quot: '"',
  '#34': '"',
  apos: "'",
  '#39': "'",
  lt: '<',
  gt: '>',
  amp: '&',
};

/** What an attribute says once it is read, as far as its meaning depends on it. */
function decodeEntities(text: string): string {
  return text.replace(/&(quot|#34|apos|#39|lt|gt|amp);/g, (all, name: string) => entities[name] ?? all);
}

/** Whether the text could go on to a tag, a comment or a doctype. */
function isStart(text: string): boolean {
  return (
    text === '<' || text === '</' || '<!--'.startsWith(text) || '<!doctype'.startsWith(text.toLowerCase())
  );
}
