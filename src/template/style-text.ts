/** Values within styles: https://pkg.go.dev/html/template#hdr-Contexts */

export interface StylePlace {
  readonly kind: 'value' | 'string' | 'url' | 'comment';
  /** What opened the string or the address. */
  readonly opening: string;
  /** What it says so far. */
  readonly inner: string;
}

/** A short text that ends in the same place: what follows means the same after it, and it need not be read again and again. */
export function standInFor({ kind, opening, inner }: StylePlace, text: string): string {
  if (kind === 'comment') return '/*';
  if (kind === 'value') return /(?:url\s*|\/)$/i.exec(text)?.[0] ?? '';
  return opening + (/[?#]/.test(inner) ? '?' : inner.trim() === '' ? '' : 'x');
}

/** Where in a style its text ends. */
export function placeInStyle(text: string): StylePlace {
  let at = 0;
  const place = (kind: StylePlace['kind'], opening = '', from = text.length): StylePlace => ({
    kind,
    opening,
    inner: text.slice(from),
  });
  const skip = (end: RegExp): boolean => {
    for (; at < text.length; at++) {
      if (text[at] === '\\') at++;
      else if (end.test(text[at] ?? '')) {
        at++;
        return true;
      }
    }
    return false;
  };
  while (at < text.length) {
    const two = text.slice(at, at + 2);
    const char = text[at] ?? '';
    if (two === '/*') {
      const end = text.indexOf('*/', at + 2);
      if (end < 0) return place('comment');
      at = end + 2;
    } else if (two === '//') {
      const end = text.slice(at).search(/[\n\f\r]/);
      if (end < 0) return place('comment');
      at += end;
    } else if (char === '"' || char === "'") {
      const from = ++at;
      if (!skip(new RegExp(char))) return place('string', char, from);
    } else if (char === '(' && /(?:^|[^\w-])url\s*$/i.test(text.slice(0, at))) {
      at++;
      while (/[\t\n\f\r ]/.test(text[at] ?? '')) at++;
      const isQuoted = text[at] === '"' || text[at] === "'";
      const end = isQuoted ? new RegExp(text[at] ?? '') : /[\t\n\f\r )]/;
      if (isQuoted) at++;
      const from = at;
      if (!skip(end)) return place('url', `url(${isQuoted ? (text[from - 1] ?? '') : ''}`, from);
    } else at++;
  }
  return place('value');
}

const named: Readonly<Record<string, string>> = { '\\': '\\\\' };

/** A part of a string of a style. */
export function escapeCssString(text: string): string {
  return text.replace(/[\0\t\n\f\r"&'()+/:;<>\\{}]/g, (char, at: number) => {
    const known = named[char];
    if (known !== undefined) return known;
    const next = text[at + 1] ?? '';
    // What could be read as a digit more is kept apart.
    const gap = next === '' || /[0-9a-fA-F\t\n\f\r ]/.test(next) ? ' ' : '';
    return `\\${char.charCodeAt(0).toString(16)}${gap}`;
  });
}
