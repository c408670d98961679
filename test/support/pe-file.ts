/** A 32-bit PE file of one section, with resources that tell its version, and with a header of .NET if it is one. */
export function peFile(texts: Readonly<Record<string, string>>, isManaged = true): Buffer {
  const resources = Buffer.concat([Buffer.alloc(64), versionInfo(texts)]);
  const header = Buffer.alloc(0x400);
  header.write('MZ', 0, 'latin1');
  header.writeUInt32LE(0x80, 0x3c);
  header.write('PE\0\0', 0x80, 'latin1');
  header.writeUInt16LE(1, 0x86);
  header.writeUInt16LE(224, 0x94);
  const optional = 0x98;
  header.writeUInt16LE(0x10b, optional);
  header.writeUInt32LE(0x400000, optional + 28);
  header.writeUInt32LE(16, optional + 92);
  const directory = (index: number, address: number, size: number) => {
    header.writeUInt32LE(address, optional + 96 + index * 8);
    header.writeUInt32LE(size, optional + 100 + index * 8);
  };
  directory(2, 0x1000, resources.length);
  if (isManaged) directory(14, 0x1008, 72);
  const section = optional + 224;
  header.write('.rsrc', section, 'latin1');
  header.writeUInt32LE(resources.length, section + 8);
  header.writeUInt32LE(0x1000, section + 12);
  header.writeUInt32LE(resources.length, section + 16);
  header.writeUInt32LE(0x400, section + 20);
  return Buffer.concat([header, resources]);
}

function versionInfo(texts: Readonly<Record<string, string>>): Buffer {
  const strings = Object.entries(texts).map(([name, text]) =>
    block(name, Buffer.from(`${text}\0`, 'utf16le'), [], text.length + 1),
  );
  const table = block('040904b0', Buffer.alloc(0), strings);
  return block('VS_VERSION_INFO', Buffer.alloc(52), [block('StringFileInfo', Buffer.alloc(0), [table])]);
}

function block(name: string, value: Buffer, inner: readonly Buffer[], characters?: number): Buffer {
  const parts: Buffer[] = [Buffer.alloc(6), Buffer.from(`${name}\0`, 'utf16le')];
  let length = 6 + (name.length + 1) * 2;
  const add = (bytes: Buffer) => {
    const padding = Buffer.alloc((4 - (length % 4)) % 4);
    parts.push(padding, bytes);
    length += padding.length + bytes.length;
  };
  if (value.length > 0) add(value);
  for (const each of inner) add(each);
  const whole = Buffer.concat(parts);
  whole.writeUInt16LE(whole.length, 0);
  whole.writeUInt16LE(characters ?? value.length, 2);
  whole.writeUInt16LE(characters === undefined ? 0 : 1, 4);
  return whole;
}
