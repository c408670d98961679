import { bytesOf, type Executable, type Section } from '../executables/executable.ts';
import { latin1Of } from '../text.ts';

/** Names of functions that a program holds, by the import path of their package; methods as `Type.Method`. */
export type GoSymbols = Readonly<Record<string, readonly string[]>>;

/** Marks of the function table since Go 1.18 and since 1.20. Source: https://cs.opensource.google/go/go/+/master:src/debug/gosym/pclntab.go */
const magics: ReadonlySet<number> = new Set([0xfffffff0, 0xfffffff1]);
/** A program with more is not asked for its functions: what is kept of it would be too much. */
const maxNamesBytes = 8 * 1024 * 1024;

/**
 * The functions that Go's linker left in a program, inlined ones too. What is not among them cannot be called. Undefined for
 * programs of Go before 1.18, for very large ones, and where the table is not found.
 */
export function goSymbolsOf(executable: Executable): GoSymbols | undefined {
  const section = executable.sections.find(({ name }) => name.endsWith('gopclntab') && name.length < 30);
  const names = section && nameTable(executable, section);
  if (names === undefined || names.length > maxNamesBytes) return undefined;
  const byPackage = new Map<string, Set<string>>();
  for (const name of latin1Of(names).split('\0')) {
    const [path, symbol] = symbolOf(name);
    if (path === '' || symbol === '') continue;
    const symbols = byPackage.get(path);
    if (symbols === undefined) byPackage.set(path, new Set([symbol]));
    else symbols.add(symbol);
  }
  return Object.fromEntries([...byPackage].map(([path, symbols]) => [path, [...symbols].sort()]));
}

/** The names stand together, each with a zero byte at its end, between the offsets of two tables. */
function nameTable(executable: Executable, section: Section): Uint8Array | undefined {
  const table = bytesOf(executable, section);
  if (table.length < 72) return undefined;
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
  if (!magics.has(view.getUint32(0, executable.isLittleEndian))) return undefined;
  const pointerBytes = view.getUint8(7) === 8 ? 8 : 4;
  const word = (index: number) => {
    const at = 8 + index * pointerBytes;
    return pointerBytes === 8
      ? Number(view.getBigUint64(at, executable.isLittleEndian))
      : view.getUint32(at, executable.isLittleEndian);
  };
  const [start, end] = [word(3), word(4)];
  return start < end && end <= table.length ? table.subarray(start, end) : undefined;
}

/**
 * `golang.org/x/net/http2.(*Server).ServeConn.func1` is in `golang.org/x/net/http2` and belongs to `Server.ServeConn`. Dots in
 * the last part of a path are written `%2e`.
 */
function symbolOf(name: string): [path: string, symbol: string] {
  if (name.startsWith('type:') || name.startsWith('go:') || name.includes('..')) return ['', ''];
  const plain = name.includes('[')
    ? name.slice(0, name.indexOf('[')) + name.slice(name.lastIndexOf(']') + 1)
    : name;
  const dot = plain.indexOf('.', plain.lastIndexOf('/') + 1);
  if (dot < 0) return ['', ''];
  const path = plain.slice(0, dot).replaceAll('%2e', '.');
  const [first = '', second] = plain
    .slice(dot + 1)
    .split('.')
    .filter((part) => !/^(?:func\d+|\d+|gowrap\d+|deferwrap\d+)$/.test(part));
  const receiver = /^\(\*?(.*)\)$/.exec(first)?.[1];
  const method = (second ?? '').replace(/-fm$/, '');
  if (receiver !== undefined) return [path, method === '' ? '' : `${receiver}.${method}`];
  return [path, method === '' ? first.replace(/-fm$/, '') : `${first}.${method}`];
}
