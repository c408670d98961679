/** A 64-bit little-endian ELF file with these sections, each also a writable segment at address 0x10000 and on. */
export function elfFile(sections: Readonly<Record<string, Uint8Array>>): Buffer {
  const names = Object.keys(sections);
  const table = Buffer.from(`\0${names.join('\0')}\0.shstrtab\0`);
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02\x01\x01', 0, 'latin1');
  const segmentsAt = 64;
  let at = segmentsAt + names.length * 56;
  const segments: Buffer[] = [];
  const contents: Buffer[] = [];
  const entries: Buffer[] = [Buffer.alloc(64)];
  for (const [i, name] of [...names, '.shstrtab'].entries()) {
    const content = Buffer.from(name === '.shstrtab' ? table : (sections[name] ?? []));
    const padding = Buffer.alloc((16 - (at % 16)) % 16);
    at += padding.length;
    const entry = Buffer.alloc(64);
    entry.writeUInt32LE(table.indexOf(`\0${name}\0`) + 1, 0);
    entry.writeUInt32LE(1, 4);
    entry.writeBigUInt64LE(BigInt(0x10000 * (i + 1)), 16);
    entry.writeBigUInt64LE(BigInt(at), 24);
    entry.writeBigUInt64LE(BigInt(content.length), 32);
    entries.push(entry);
    contents.push(padding, content);
    if (i < names.length) segments.push(segment(at, 0x10000 * (i + 1), content.length));
    at += content.length;
  }
  header.writeBigUInt64LE(BigInt(segmentsAt), 32);
  header.writeBigUInt64LE(BigInt(at), 40);
  header.writeUInt16LE(56, 54);
  header.writeUInt16LE(segments.length, 56);
  header.writeUInt16LE(64, 58);
  header.writeUInt16LE(entries.length, 60);
  header.writeUInt16LE(entries.length - 1, 62);
  return Buffer.concat([header, ...segments, ...contents, ...entries]);
}

function segment(offset: number, address: number, length: number): Buffer {
  const bytes = Buffer.alloc(56);
  bytes.writeUInt32LE(1, 0);
  bytes.writeUInt32LE(6, 4);
  bytes.writeBigUInt64LE(BigInt(offset), 8);
  bytes.writeBigUInt64LE(BigInt(address), 16);
  bytes.writeBigUInt64LE(BigInt(length), 32);
  return bytes;
}
