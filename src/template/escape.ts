/** The escapers behind `html`, `js` and `urlquery`. */
import { fromBytes, toBytes } from './bytes.ts';
import { isPrintable } from './quote.ts';

const html: Readonly<Record<string, string>> = {
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\0': '\ufffd',
};

export function escapeHtml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what is escaped
  return text.replace(/["'&<>\0]/g, (char) => html[char] ?? char);
}

export function escapeJs(text: string): string {
  let out = '';
  for (const char of text) out += escapeJsChar(char);
  return out;
}

function escapeJsChar(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (char === '\\' || char === "'" || char === '"') return `\\${char}`;
  if (code < 0x20 || '<>&='.includes(char) || (code >= 0x7f && !isPrintable(char)))
    return `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return char;
}

/** As Go's `url.QueryEscape`: a space is `+`. */
export function escapeUrlQuery(text: string): string {
  return encodeURIComponent(wellFormed(text))
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

/** Halves of surrogate pairs become the replacement character. */
export function wellFormed(text: string): string {
  return fromBytes(toBytes(text));
}
