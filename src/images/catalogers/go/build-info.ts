import { bytesAt, bytesOf, type Executable } from '../executables/executable.ts';
import { textOf } from '../text.ts';

/** A module that a program was built from. */
export interface GoModule {
  readonly path: string;
  readonly version: string;
}

/** What Go's linker writes into programs. */
export interface GoBuildInfo {
  /** `go1.22.1`. */
  readonly goVersion: string;
  /** Import path of the package `main`. */
  readonly path: string;
  readonly main?: GoModule;
  /** Modules, each as it was replaced. */
  readonly dependencies: readonly GoModule[];
  /** `GOARCH`, `vcs.revision`, `-ldflags` … */
  readonly settings: Readonly<Record<string, string>>;
}

const magic = Buffer.from('\xff Go buildinf:', 'latin1');
/** How far into the data it is looked for, as `go version` does. */
const searched = 64 * 1024;
const maxTextBytes = 16 * 1024 * 1024;

/**
 * Reads it as `go version -m` does: since Go 1.18 the texts follow the header, before it points to them.
 *
 * Source: https://cs.opensource.google/go/go/+/master:src/debug/buildinfo/buildinfo.go
 *
 * @returns undefined when the program is none of Go's, or was linked without.
 */
export function goBuildInfoOf(executable: Executable): GoBuildInfo | undefined {
  const data = dataOf(executable);
  if (data === undefined) return undefined;
  const at = headerAt(data);
  if (at === undefined) return undefined;
  const header = data.subarray(at);
  const isInline = ((header[15] ?? 0) & 2) !== 0;
  const [goVersion, modules] = isInline ? inlineTexts(header) : pointedTexts(executable, header);
  if (goVersion === undefined || goVersion === '') return undefined;
  return { goVersion, ...parsed(modules ?? '') };
}

function dataOf(executable: Executable): Uint8Array | undefined {
  const section = executable.sections.find(
    ({ name }) => name === '.go.buildinfo' || name === '__go_buildinfo',
  );
  const place = section ?? executable.segments.find(({ isWritable }) => isWritable);
  return place && bytesOf(executable, place).subarray(0, section === undefined ? searched : undefined);
}

function headerAt(data: Uint8Array): number | undefined {
  const buffer = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  let at = buffer.indexOf(magic);
  while (at >= 0 && at % 16 !== 0) at = buffer.indexOf(magic, at + 1);
  return at < 0 || at + 32 > data.length ? undefined : at;
}

/** Each text after its length in base 128. */
function inlineTexts(header: Uint8Array): [string | undefined, string | undefined] {
  const texts: string[] = [];
  let at = 32;
  for (let i = 0; i < 2; i++) {
    let [length, shift, byte] = [0, 1, 0x80];
    while (byte >= 0x80 && shift < 2 ** 42) {
      byte = header[at++] ?? 0;
      length += (byte & 0x7f) * shift;
      shift *= 128;
    }
    if (length > maxTextBytes || at + length > header.length) return [texts[0], undefined];
    texts.push(stripped(header.subarray(at, at + length), i));
    at += length;
  }
  return [texts[0], texts[1]];
}

/** Addresses of two of Go's strings, each an address and a length. */
function pointedTexts(executable: Executable, header: Uint8Array): [string | undefined, string | undefined] {
  const pointerBytes = header[14] === 8 ? 8 : 4;
  const isLittle = ((header[15] ?? 0) & 1) === 0;
  const word = (bytes: Uint8Array, at: number) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return pointerBytes === 8 ? Number(view.getBigUint64(at, isLittle)) : view.getUint32(at, isLittle);
  };
  const text = (index: number) => {
    const found = bytesAt(executable, word(header, 16 + index * pointerBytes), 2 * pointerBytes);
    const length = found === undefined ? 0 : word(found, pointerBytes);
    if (found === undefined || length > maxTextBytes) return undefined;
    const bytes = bytesAt(executable, word(found, 0), length);
    return bytes && stripped(bytes, index);
  };
  return [text(0), text(1)];
}

/** The modules stand between two marks of 16 bytes. */
function stripped(bytes: Uint8Array, index: number): string {
  if (index === 0) return textOf(bytes);
  return bytes.length >= 33 && bytes.at(-17) === 0x0a ? textOf(bytes.subarray(16, -16)) : '';
}

/** Lines of words, apart by tabs: `path`, `mod`, `dep`, `=>` (what replaces the one before) and `build`. */
function parsed(text: string): Omit<GoBuildInfo, 'goVersion'> {
  const settings: Record<string, string> = {};
  const modules: { kind: string; module: GoModule }[] = [];
  let path = '';
  for (const line of text.split('\n')) {
    const [kind = '', first = '', version = ''] = line.split('\t');
    if (kind === 'path') path = first;
    else if (kind === 'mod' || kind === 'dep') modules.push({ kind, module: { path: first, version } });
    else if (kind === '=>') replaceLast(modules, { path: first, version });
    else if (kind === 'build') Object.assign(settings, settingOf(first));
  }
  const main = modules.find(({ kind }) => kind === 'mod')?.module;
  const dependencies = modules.filter(({ kind }) => kind === 'dep').map(({ module }) => module);
  return { path, ...(main && { main }), dependencies, settings };
}

/** A folder that stands in for a module has no version; the module goes by its own name and version then. */
function replaceLast(modules: { kind: string; module: GoModule }[], replacement: GoModule): void {
  const last = modules.at(-1);
  if (last !== undefined && !/^[./]/.test(replacement.path)) last.module = replacement;
}

/** `key=value`, either of them quoted where it has to be. */
function settingOf(text: string): Record<string, string> {
  const [, key, value] = /^("(?:[^"\\]|\\.)*"|`[^`]*`|[^=]*)=(.*)$/s.exec(text) ?? [];
  return key === undefined || value === undefined ? {} : { [unquoted(key)]: unquoted(value) };
}

function unquoted(text: string): string {
  if (text.startsWith('`') && text.endsWith('`') && text.length > 1) return text.slice(1, -1);
  if (!text.startsWith('"')) return text;
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}
