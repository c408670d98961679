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
 *
 * @param isWanted whether functions of an import path are asked for.
 */
export function goSymbolsOf(
  executable: Executable,
  isWanted: (path: string) => boolean,
): GoSymbols | undefined {
  const section = executable.sections.find(({ name }) => name.endsWith('gopclntab') && name.length < 30);
  const table = section && nameTable(executable, section);
  if (table === undefined || table.length > maxNamesBytes) return undefined;
  const byPath = new Map<string, Set<string> | undefined>();
  for (const name of latin1Of(table).split('\0')) {
    const dot = pathEnd(name);
    if (dot <= 0) continue;
    const written = name.slice(0, dot);
    if (!byPath.has(written)) byPath.set(written, isWanted(unescaped(written)) ? new Set() : undefined);
    byPath.get(written)?.add(symbolOf(name.slice(dot + 1)));
  }
  return Object.fromEntries(
    [...byPath].flatMap(([path, symbols]) => {
      symbols?.delete('');
      return symbols === undefined || symbols.size === 0 ? [] : [[unescaped(path), [...symbols].sort()]];
    }),
  );
}

/** Where the import path of a name ends: at the first dot after its last slash. 0 for what the compiler made. */
function pathEnd(name: string): number {
  // Type arguments have paths themselves.
  const bracket = name.indexOf('[');
  const dot = name.indexOf('.', name.lastIndexOf('/', bracket < 0 ? name.length : bracket) + 1);
  if (dot < 0 || name.startsWith('type:') || name.startsWith('go:')) return 0;
  return name[dot + 1] === '.' || (bracket >= 0 && dot > bracket) ? 0 : dot;
}

/** Dots in the last part of a path are written `%2e`. */
function unescaped(path: string): string {
  return path.replaceAll('%2e', '.');
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

/** What the compiler made of a function's parts: closures, deferred and started calls, method values. */
const compilersPart = /(?:\.(?:func|gowrap|deferwrap)?\d|-fm$)/;

/** `(*Server).ServeConn.func1` belongs to `Server.ServeConn`, and `Map[go.shape.int]` to `Map`. Empty for what has no name. */
function symbolOf(name: string): string {
  const bracket = name.indexOf('[');
  const whole = bracket < 0 ? name : name.slice(0, bracket) + name.slice(name.lastIndexOf(']') + 1);
  const cut = whole.search(compilersPart);
  const plain = cut < 0 ? whole : whole.slice(0, cut);
  const dot = plain.indexOf('.');
  if (dot < 0) return plain.startsWith('(') ? '' : plain;
  const next = plain.indexOf('.', dot + 1);
  const method = plain.slice(dot + 1, next < 0 ? undefined : next);
  const type = plain.startsWith('(') ? plain.slice(plain[1] === '*' ? 2 : 1, dot - 1) : plain.slice(0, dot);
  return `${type}.${method}`;
}
