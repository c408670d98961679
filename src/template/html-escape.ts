/** How a value is made safe for each place in HTML where it may stand. Source: https://pkg.go.dev/html/template */
import { toBytes } from './bytes.ts';
import { escapeHtml } from './escape.ts';

/** What stands for a value that cannot be made safe, as in Go: a search for it leads to the explanation. */
export const failsafe = 'ZgotmplZ';

const url = new Set([
  'action',
  'archive',
  'background',
  'cite',
  'classid',
  'codebase',
  'data',
  'formaction',
  'href',
  'icon',
  'longdesc',
  'manifest',
  'poster',
  'profile',
  'src',
  'usemap',
  'xmlns',
]);

export type AttributeType = 'plain' | 'url' | 'srcset' | 'style' | 'script' | 'html';

/** What the value of an attribute means, by its name. */
export function attributeType(fullName: string): AttributeType {
  const lower = fullName.toLowerCase();
  if (lower.startsWith('xmlns:')) return 'url';
  const name = lower.startsWith('data-') ? lower.slice(5) : lower.slice(lower.indexOf(':') + 1);
  if (name === 'srcset') return 'srcset';
  if (name === 'srcdoc') return 'html';
  if (name === 'style') return 'style';
  if (url.has(name)) return 'url';
  if (name.startsWith('on')) return 'script';
  return /src|uri|url/.test(name) ? 'url' : 'plain';
}

/** Text between tags, or within a quoted attribute. */
export function escapeText(text: string): string {
  return escapeHtml(text).replaceAll('+', '&#43;');
}

/** A value without quotes around it: nothing in it may end it. */
export function escapeUnquoted(text: string): string {
  if (text === '') return failsafe;
  return keepUnquoted(escapeText(text));
}

/** Escapes what would end a value without quotes, of text that is escaped otherwise. */
export function keepUnquoted(text: string): string {
  return text.replace(/[\t\n\v\f\r =`]/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** HTML that is safe already, as the text of an attribute: its tags go, what is escaped stays as it is. */
export function stripTags(markup: string): string {
  return markup
    .replace(/<!--[\s\S]*?(?:-->|$)/g, '')
    .replace(/<\/?[a-zA-Z](?:"[^"]*"|'[^']*'|[^'">])*(?:>|$)/g, '')
    .replace(/["'<>+]/g, (char) => escapeText(char));
}

/** A URL whose scheme a page may follow; anything else leads nowhere. */
export function filterUrl(text: string): string {
  const [scheme = '', ...rest] = text.split(':');
  const isSafe = rest.length === 0 || scheme.includes('/') || /^(?:https?|mailto)$/i.test(scheme);
  return isSafe ? text : `#${failsafe}`;
}

/** Addresses with their sizes, separated by commas; one that a page may not follow leads nowhere. */
export function escapeSrcset(text: string, type: string): string {
  if (type === 'template.Srcset') return text;
  if (type === 'template.URL') return normalizeUrl(text).replaceAll(',', '%2c');
  return text
    .split(',')
    .map((part) => {
      const [, before = '', address = '', size = ''] =
        /^([\t\n\f\r ]*)([^\t\n\f\r ]*)([\s\S]*)$/.exec(part) ?? [];
      const isSafe = filterUrl(address) === address && /^[a-zA-Z0-9\t\n\f\r ]*$/.test(size);
      return isSafe ? before + normalizeUrl(address) + size : `#${failsafe}`;
    })
    .join(',');
}

/** Percent-encodes what may not stand in a URL; what is encoded already, and its punctuation, stay. */
export function normalizeUrl(text: string): string {
  return encode(text, /[A-Za-z0-9\-._~!#$&*+,/:;=?@[\]]/, true);
}

/** Percent-encodes a part of a URL's query. */
export function encodeUrlPart(text: string): string {
  return encode(text, /[A-Za-z0-9\-._~]/, false);
}

function encode(text: string, kept: RegExp, keepsEncoded: boolean): string {
  let out = '';
  for (let i = 0; i < text.length; ) {
    const char = String.fromCodePoint(text.codePointAt(i) ?? 0xfffd);
    const isEncoded = keepsEncoded && char === '%' && /^[0-9a-fA-F]{2}$/.test(text.slice(i + 1, i + 3));
    if (isEncoded || kept.test(char)) out += char;
    else for (const byte of toBytes(char)) out += `%${byte.toString(16).padStart(2, '0')}`;
    i += char.length;
  }
  return out;
}

/** A value of a style's property: a word, a number, a colour; nothing that could end it or run. */
export function filterCss(text: string): string {
  const isBad =
    /[\0"'()/;@[\\\]`{}<>]|--/.test(text) ||
    /expression|mozbinding/.test(text.toLowerCase().replace(/[^a-z]/g, ''));
  return isBad ? failsafe : text;
}
