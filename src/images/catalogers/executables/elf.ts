import { latin1Of } from '../text.ts';
import { type Executable, maxSections, type Section } from './executable.ts';

const [loadable, writable, noBits] = [1, 2, 8];
/** Names of sections are looked at so far. */
const longestName = 100;

/**
 * Sections and segments of an ELF file.
 *
 * Source: https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html
 *
 * @throws {RangeError} when its tables lie outside of it.
 */
export function elfOf(bytes: Uint8Array): Executable {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const is64Bit = view.getUint8(4) === 2;
  const isLittleEndian = view.getUint8(5) !== 2;
  const u16 = (at: number) => view.getUint16(at, isLittleEndian);
  const u32 = (at: number) => view.getUint32(at, isLittleEndian);
  // Offsets and addresses beyond 2^53 are in no file; as a number they lead outside of it, which is noticed.
  const word = (at: number) => (is64Bit ? Number(view.getBigUint64(at, isLittleEndian)) : u32(at));

  const segments = tableOf(u16(is64Bit ? 56 : 44), (i) => {
    const at = word(is64Bit ? 32 : 28) + i * u16(is64Bit ? 54 : 42);
    const flags = u32(at + (is64Bit ? 4 : 24));
    const place = is64Bit
      ? { offset: word(at + 8), address: word(at + 16), sizeBytes: word(at + 32) }
      : { offset: word(at + 4), address: word(at + 8), sizeBytes: word(at + 16) };
    return { kind: u32(at), name: '', isWritable: (flags & writable) !== 0, ...place };
  }).filter(({ kind }) => kind === loadable);

  const sections = tableOf(word(is64Bit ? 40 : 32) === 0 ? 0 : u16(is64Bit ? 60 : 48), (i) => {
    const at = word(is64Bit ? 40 : 32) + i * u16(is64Bit ? 58 : 46);
    const kind = u32(at + 4);
    const place = is64Bit
      ? { address: word(at + 16), offset: word(at + 24), sizeBytes: word(at + 32) }
      : { address: word(at + 12), offset: word(at + 16), sizeBytes: word(at + 20) };
    return { nameAt: u32(at), ...place, sizeBytes: kind === noBits ? 0 : place.sizeBytes };
  });
  return {
    format: 'elf',
    isLittleEndian,
    is64Bit,
    bytes,
    segments,
    sections: namedSections(bytes, sections, u16(is64Bit ? 62 : 50)),
  };
}

function tableOf<T>(count: number, read: (index: number) => T): T[] {
  if (count > maxSections) throw new RangeError(`a table has ${count} entries`);
  return Array.from({ length: count }, (_, i) => read(i));
}

function namedSections(
  bytes: Uint8Array,
  sections: readonly (Omit<Section, 'name'> & { readonly nameAt: number })[],
  namesIndex: number,
): Section[] {
  const names = sections[namesIndex];
  const table =
    names === undefined ? new Uint8Array() : bytes.subarray(names.offset, names.offset + names.sizeBytes);
  return sections.map(({ nameAt, ...section }) => {
    const start = table.subarray(nameAt, nameAt + longestName);
    const end = start.indexOf(0);
    return { ...section, name: latin1Of(end < 0 ? start : start.subarray(0, end)) };
  });
}
