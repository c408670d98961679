import { CelError } from '../fault.ts';
import { func, method, type Overload } from '../functions.ts';
import { objectTypes } from '../types.ts';
import { CelObject, type CelValue, type MapKey } from '../values.ts';

interface Parts {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
}

class Url extends CelObject {
  readonly typeName = objectTypes.URL;
  readonly parts: Parts;
  readonly source: string;

  constructor(source: string, parts: Parts) {
    super();
    this.source = source;
    this.parts = parts;
  }

  equals(other: CelObject): boolean {
    return other instanceof Url && other.source === this.source;
  }
}

/**
 * An absolute URI or an absolute path, as Go's `url.ParseRequestURI` takes it: what follows a `#` is part of the path or the query.
 */
function parse(text: string): Url | CelError {
  const bad = (why: string) =>
    new CelError(`URL parse error during conversion from string: parse "${text}": ${why}`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\x00-\x20\x7f]/.test(text.replace(/\?.*$/s, ''))) return bad('invalid character in URL');
  const [, scheme = '', rest = ''] = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?([\s\S]*)$/.exec(text) ?? [];
  if (text === '') return bad('empty url');
  if (scheme === '' && !rest.startsWith('/')) return bad('invalid URI for request');
  const mark = rest.indexOf('?');
  const [before, query] = mark < 0 ? [rest, ''] : [rest.slice(0, mark), rest.slice(mark + 1)];
  const isHosted = before.startsWith('//') && (scheme !== '' || !before.startsWith('///'));
  const [, authority = '', path = ''] = isHosted
    ? (/^\/\/([^/]*)(.*)$/s.exec(before) ?? [])
    : ['', '', before.startsWith('/') ? before : ''];
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  if (!isHost(host)) return bad(`invalid host "${host}"`);
  if (/%(?![0-9a-fA-F]{2})/.test(path)) return bad('invalid URL escape');
  return new Url(text, { scheme: scheme.toLowerCase(), host, path, query });
}

/** Of the whole, a port too. */
function isHost(host: string): boolean {
  return /^(?:\[[0-9a-fA-F:.%\w-]+\]|[^[\]:<>"\\^`{|}]*)(?::\d*)?$/.test(host);
}

/** Spaces and what else may not stand in a path are escaped. */
function escaped(path: string): string {
  return path.replace(/[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]/gu, (point) => encodeURIComponent(point));
}

function queryOf(query: string): ReadonlyMap<MapKey, CelValue> {
  const found = new Map<MapKey, string[]>();
  for (const part of query.split('&')) {
    if (part === '' || part.includes(';')) continue;
    const [name, value] = [
      part.replace(/=.*$/s, ''),
      part.includes('=') ? part.replace(/^[^=]*=/s, '') : '',
    ].map(decoded);
    if (name === undefined || value === undefined) continue;
    found.set(name, [...(found.get(name) ?? []), value]);
  }
  return found;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

/**
 * Addresses of the web.
 *
 * Source: https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-url-library
 */
export const url: readonly Overload[] = [
  func('url', 'string -> URL', parse),
  func('isURL', 'string -> bool', (text: string) => parse(text) instanceof Url),
  method('getScheme', 'URL -> string', ({ parts }: Url) => parts.scheme),
  method('getHost', 'URL -> string', ({ parts }: Url) => parts.host),
  method('getHostname', 'URL -> string', ({ parts }: Url) =>
    parts.host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1'),
  ),
  method('getPort', 'URL -> string', ({ parts }: Url) => /:(\d*)$/.exec(parts.host)?.[1] ?? ''),
  method('getEscapedPath', 'URL -> string', ({ parts }: Url) => escaped(parts.path)),
  method('getQuery', 'URL -> map(string, list(string))', ({ parts }: Url) => queryOf(parts.query)),
];
