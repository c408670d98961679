import { BadInputError } from '../../kit/app-error.ts';
import type { Labels } from '../../model/labels.ts';

const suffix = '@base64';
const labelName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * The labels that name a group, from the path of a request: `/metrics/job/<job>{/<label>/<value>}`. A value is base64 for URLs where
 * its name ends in `@base64`. As in the Pushgateway percent signs are undone before the path is taken apart, so that a slash in a
 * value has to be written as base64.
 *
 * Source: https://github.com/prometheus/pushgateway#url
 * @param path as it came, without the query
 * @returns undefined where the path is of no group
 * @throws {BadInputError} for what cannot be read
 */
export function groupingOf(path: string, { utf8Names }: { readonly utf8Names: boolean }): Labels | undefined {
  const parts = decoded(path)
    .replace(/\/{2,}/g, '/')
    .split('/');
  const [, metrics, first, job = '', ...rest] = parts;
  if (metrics !== 'metrics' || (first !== 'job' && first !== `job${suffix}`)) return undefined;
  const jobValue = first === 'job' ? job : fromBase64(job, `job name "${job}"`);
  if (jobValue === '') throw new BadInputError('', 'job name is required');
  // What ends in a slash has a last label of no value; after the job alone it says nothing.
  const components = rest.length === 1 && rest[0] === '' ? [] : rest;
  if (components.length % 2 !== 0)
    throw new BadInputError('', `odd number of components in label string "/${components.join('/')}"`);
  const labels: Record<string, string> = Object.create(null) as Record<string, string>;
  for (let i = 0; i < components.length; i += 2) {
    const written = components[i] ?? '';
    const value = components[i + 1] ?? '';
    const isPacked = written.endsWith(suffix);
    const name = nameOf(isPacked ? written.slice(0, -suffix.length) : written, utf8Names);
    labels[name] = isPacked ? fromBase64(value, `label ${name}="${value}"`) : value;
  }
  labels['job'] = jobValue;
  return { ...labels };
}

/** The path whose {@link groupingOf} are these labels, names of any UTF-8 allowed. */
export function groupPath({ job = '', ...labels }: Labels): string {
  const parts = [
    ...part('job', job),
    ...Object.entries(labels).flatMap(([name, value]) => part(name, value)),
  ];
  return `/metrics/${parts.map(encodeURIComponent).join('/').replaceAll('%40', '@').replaceAll('%3D', '=')}`;
}

/** Name and value; base64 for what a path cannot say: a slash, dots that lead elsewhere, or nothing at all. */
function part(name: string, value: string): [name: string, value: string] {
  const written = labelName.test(name) && !name.startsWith('U__') ? name : escapedName(name);
  if (!/\/|^\.{0,2}$/.test(value)) return [written, value];
  return [written + suffix, toBase64(value) || '='];
}

function escapedName(name: string): string {
  const letters = [...name].map((letter) => {
    if (letter === '_') return '__';
    return /[a-zA-Z0-9]/.test(letter) ? letter : `_${letter.codePointAt(0)?.toString(16)}_`;
  });
  return `U__${letters.join('')}`;
}

function toBase64(text: string): string {
  const binary = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (error) {
    throw new BadInputError('', 'the path has percent signs that stand for no UTF-8', { cause: error });
  }
}

function nameOf(written: string, utf8Names: boolean): string {
  const name = utf8Names ? unescapedName(written) : written;
  const isName = utf8Names ? name !== '' : labelName.test(name);
  if (!isName || name.startsWith('__')) throw new BadInputError('', `improper label name "${name}"`);
  return name;
}

/**
 * Undoes `U__`: an underscore stands as two, others as their number between underscores. What is not written so is the name itself.
 *
 * Source: https://github.com/prometheus/docs/blob/main/docs/instrumenting/escaping_schemes.md
 */
function unescapedName(written: string): string {
  if (!written.startsWith('U__')) return written;
  let isWhole = true;
  const name = written.slice(3).replace(/__|_([0-9a-fA-F]{1,6})_|_/g, (piece, hex?: string) => {
    if (piece === '__') return '_';
    const code = hex === undefined ? Number.NaN : Number.parseInt(hex, 16);
    if (code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)) return String.fromCodePoint(code);
    isWhole = false;
    return piece;
  });
  return isWhole ? name : written;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function fromBase64(text: string, what: string): string {
  const digits = text.replace(/=+$/, '');
  if (!/^[A-Za-z0-9_-]*$/.test(digits) || digits.length % 4 === 1)
    throw new BadInputError('', `invalid base64 encoding in ${what}`);
  const binary = atob(digits.replaceAll('-', '+').replaceAll('_', '/'));
  try {
    return utf8.decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)));
  } catch (error) {
    throw new BadInputError('', `${what} is no UTF-8`, { cause: error });
  }
}
