import { Buffer } from 'node:buffer';

export interface TarFile {
  readonly name: string;
  /** `0` file, `1` hard link, `2` symbolic link, `5` folder … */
  readonly type?: string;
  readonly content?: string | Uint8Array;
  readonly linkName?: string;
  readonly mode?: number;
  /** What the header claims; the content's size when left out. */
  readonly claimedSize?: number;
}

/** A tar archive (ustar) with these entries; with `end: false` without the blocks of zeros after them. */
export function tar(files: readonly TarFile[], { end = true } = {}): Buffer {
  const blocks = files.flatMap((file) => {
    const content = Buffer.from(file.content ?? '');
    return [tarHeader(file, content.length), content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(end ? 1024 : 0)]);
}

/** A pax header with these records, for the entry after it. */
export function pax(records: Readonly<Record<string, string>>, type: 'x' | 'g' = 'x'): TarFile {
  const content = Object.entries(records).map(([key, value]) => {
    const rest = Buffer.byteLength(` ${key}=${value}\n`);
    let length = rest + 1;
    while (String(length).length + rest !== length) length = String(length).length + rest;
    return `${length} ${key}=${value}\n`;
  });
  return { name: 'pax', type, content: content.join('') };
}

export function tarHeader(file: TarFile, size: number): Buffer {
  const block = Buffer.alloc(512);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;
  block.write(file.name, 0, 100);
  block.write(octal(file.mode ?? 0o644, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  const claimed = file.claimedSize ?? size;
  if (claimed < 8 ** 11) block.write(octal(claimed, 11), 124);
  else {
    block[124] = 0x80;
    block.writeBigUInt64BE(BigInt(claimed), 128);
  }
  block.write(octal(0, 11), 136);
  block.write('        ', 148);
  block.write(file.type ?? '0', 156);
  block.write(file.linkName ?? '', 157, 100);
  block.write('ustar\0' + '00', 257);
  block.write(
    octal(
      block.reduce((sum, byte) => sum + byte, 0),
      6,
    ),
    148,
  );
  return block;
}
