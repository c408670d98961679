import { latin1Of } from '../text.ts';
import type { Executable, Section } from './executable.ts';

const writable = 0x80000000;

/**
 * Sections of a PE file; the first data directory's places are told by `peDirectories`.
 *
 * Source: https://learn.microsoft.com/en-us/windows/win32/debug/pe-format
 *
 * @throws {RangeError} when its tables lie outside of it.
 */
export function peOf(bytes: Uint8Array): Executable {
  const { view, optional, is64Bit, sectionsAt, sectionCount } = peHeader(bytes);
  const base = is64Bit ? Number(view.getBigUint64(optional + 24, true)) : view.getUint32(optional + 28, true);
  const segments = Array.from({ length: sectionCount }, (_, i) => {
    const at = sectionsAt + i * 40;
    return {
      name: latin1Of(bytes.subarray(at, at + 8)).replace(/\0.*$/s, ''),
      address: base + view.getUint32(at + 12, true),
      sizeBytes: view.getUint32(at + 16, true),
      offset: view.getUint32(at + 20, true),
      isWritable: (view.getUint32(at + 36, true) & writable) !== 0,
    };
  });
  return { format: 'pe', isLittleEndian: true, is64Bit, bytes, sections: segments, segments };
}

/** Where a data directory lies in the file: 2 are resources, 14 is the header of .NET. Undefined where it has none. */
export function peDirectory(executable: Executable, index: number): Omit<Section, 'name'> | undefined {
  const { view, optional, is64Bit } = peHeader(executable.bytes);
  const directories = optional + (is64Bit ? 108 : 92);
  if (index >= view.getUint32(directories, true)) return undefined;
  const relative = view.getUint32(directories + 4 + index * 8, true);
  const sizeBytes = view.getUint32(directories + 8 + index * 8, true);
  if (relative === 0 || sizeBytes === 0) return undefined;
  const base = is64Bit ? Number(view.getBigUint64(optional + 24, true)) : view.getUint32(optional + 28, true);
  const address = base + relative;
  const section = executable.sections.find(
    (each) => address >= each.address && address < each.address + each.sizeBytes,
  );
  return section && { address: relative, sizeBytes, offset: section.offset + (address - section.address) };
}

function peHeader(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = view.getUint32(0x3c, true);
  if (view.getUint32(start) !== 0x50450000) throw new RangeError('it has no PE header');
  const optional = start + 24;
  return {
    view,
    optional,
    is64Bit: view.getUint16(optional, true) === 0x20b,
    sectionCount: view.getUint16(start + 6, true),
    sectionsAt: optional + view.getUint16(start + 20, true),
  };
}
