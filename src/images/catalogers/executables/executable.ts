/** A named part of a program. */
export interface Section {
  readonly name: string;
  /** Where it lies in memory. */
  readonly address: number;
  readonly offset: number;
  /** Of its bytes in the file; 0 where it has none there. */
  readonly sizeBytes: number;
}

/** What of a program's file is needed to find things in it. */
export interface Executable {
  readonly format: 'elf' | 'pe' | 'mach-o';
  readonly isLittleEndian: boolean;
  readonly is64Bit: boolean;
  readonly sections: readonly Section[];
  /** Parts that are mapped into memory, for following addresses; of PE its sections. */
  readonly segments: readonly (Section & { readonly isWritable: boolean })[];
  /** The program's bytes: of a file with several, those of the first. */
  readonly bytes: Uint8Array;
}

/** More sections than any linker makes. */
export const maxSections = 100_000;

/** Whether a file begins as a program does: ELF, PE or Mach-O. */
export function looksExecutable(head: Uint8Array): boolean {
  const [a, b, c, d] = head;
  if (a === 0x7f) return b === 0x45 && c === 0x4c && d === 0x46;
  if (a === 0x4d) return b === 0x5a;
  if (a === 0xfe) return b === 0xed && c === 0xfa && (d === 0xce || d === 0xcf);
  if (a === 0xce || a === 0xcf) return b === 0xfa && c === 0xed && d === 0xfe;
  // Several programs in one file. Java's classes begin alike, but tell their version where these tell their number.
  return a === 0xca && b === 0xfe && c === 0xba && d === 0xbe && head[4] === 0 && (head[7] ?? 99) < 20;
}

/** The bytes of a section, as far as the file has them. */
export function sectionBytes(executable: Executable, name: string): Uint8Array | undefined {
  const section = executable.sections.find((each) => each.name === name);
  return section === undefined ? undefined : bytesOf(executable, section);
}

/** The bytes of a part, as far as the file has them. */
export function bytesOf({ bytes }: Executable, { offset, sizeBytes }: Section): Uint8Array {
  return bytes.subarray(offset, offset + sizeBytes);
}

/** Bytes at an address in memory; undefined where the file has none for it. */
export function bytesAt(executable: Executable, address: number, length: number): Uint8Array | undefined {
  const segment = executable.segments.find(
    (each) => address >= each.address && address + length <= each.address + each.sizeBytes,
  );
  if (segment === undefined) return undefined;
  const at = segment.offset + (address - segment.address);
  const found = executable.bytes.subarray(at, at + length);
  return found.length === length ? found : undefined;
}
