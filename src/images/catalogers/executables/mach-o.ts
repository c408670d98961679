import { latin1Of } from '../text.ts';
import { type Executable, maxSections, type Section } from './executable.ts';

const [segmentCommand, segmentCommand64, writable] = [0x01, 0x19, 2];

/**
 * Sections and segments of a Mach-O file; of one with several programs those of the first.
 *
 * Source: https://github.com/apple-oss-distributions/xnu/blob/main/EXTERNAL_HEADERS/mach-o/loader.h
 *
 * @throws {RangeError} when its tables lie outside of it.
 */
export function machOf(file: Uint8Array): Executable {
  const reader = readerOf(firstProgram(file));
  const { bytes, isLittleEndian, is64Bit, u32 } = reader;
  const sections: Section[] = [];
  const segments: Executable['segments'][number][] = [];
  let at = is64Bit ? 32 : 28;
  for (let command = 0; command < u32(16); command++) {
    const [kind, length] = [u32(at), u32(at + 4)];
    if (length < 8 || sections.length > maxSections) throw new RangeError('a load command has no length');
    if (kind === (is64Bit ? segmentCommand64 : segmentCommand)) {
      segments.push(segmentAt(reader, at));
      sections.push(...sectionsOf(reader, at, at + length));
    }
    at += length;
  }
  return { format: 'mach-o', isLittleEndian, is64Bit, bytes, sections, segments };
}

type Reader = ReturnType<typeof readerOf>;

function readerOf(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0);
  const isLittleEndian = magic === 0xcefaedfe || magic === 0xcffaedfe;
  const is64Bit = magic === 0xfeedfacf || magic === 0xcffaedfe;
  const u32 = (at: number) => view.getUint32(at, isLittleEndian);
  return {
    bytes,
    isLittleEndian,
    is64Bit,
    /** Bytes of an address or a size. */
    step: is64Bit ? 8 : 4,
    u32,
    word: (at: number) => (is64Bit ? Number(view.getBigUint64(at, isLittleEndian)) : u32(at)),
    name: (at: number) => latin1Of(bytes.subarray(at, at + 16)).replace(/\0.*$/s, ''),
  };
}

function segmentAt({ step, u32, word, name }: Reader, at: number): Executable['segments'][number] {
  return {
    name: name(at + 8),
    address: word(at + 24),
    offset: word(at + 24 + 2 * step),
    sizeBytes: word(at + 24 + 3 * step),
    isWritable: (u32(at + 24 + 4 * step + 4) & writable) !== 0,
  };
}

function sectionsOf({ is64Bit, step, u32, word, name }: Reader, segment: number, end: number): Section[] {
  const first = segment + 24 + 4 * step + 16;
  const length = is64Bit ? 80 : 68;
  const count = Math.min(u32(first - 8), Math.max(Math.floor((end - first) / length), 0));
  return Array.from({ length: count }, (_, i) => {
    const at = first + i * length;
    return {
      name: name(at),
      address: word(at + 32),
      sizeBytes: word(at + 32 + step),
      offset: u32(at + 32 + 2 * step),
    };
  });
}

function firstProgram(file: Uint8Array): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (view.getUint32(0) !== 0xcafebabe) return file;
  const [offset, length] = [view.getUint32(16), view.getUint32(20)];
  const program = file.subarray(offset, offset + length);
  if (program.length < 32) throw new RangeError('its first program lies outside of it');
  return program;
}
