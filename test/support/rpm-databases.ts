/**
 * Writers of the two formats of rpm's database that today's tools no longer write, for tests. What is written as a Berkeley
 * DB is read by rpm itself in test/peers/catalogers.test.ts.
 */

/** A header blob as a database holds it, from tags: numbers, texts, lists of either. */
export function rpmHeader(
  tags: Readonly<Record<number, string | readonly string[] | readonly number[]>>,
): Buffer {
  const entries: Buffer[] = [];
  let data = Buffer.alloc(0);
  for (const [tag, value] of Object.entries(tags)) {
    const isNumbers = Array.isArray(value) && typeof value[0] === 'number';
    if (isNumbers) data = Buffer.concat([data, Buffer.alloc((4 - (data.length % 4)) % 4)]);
    const entry = Buffer.alloc(16);
    entry.writeUInt32BE(Number(tag), 0);
    entry.writeUInt32BE(isNumbers ? 4 : Array.isArray(value) ? 8 : 6, 4);
    entry.writeUInt32BE(data.length, 8);
    entry.writeUInt32BE(Array.isArray(value) ? value.length : 1, 12);
    entries.push(entry);
    data = Buffer.concat([
      data,
      ...(isNumbers ? value.map(uint32) : [value].flat().map((text) => Buffer.from(`${text}\0`))),
    ]);
  }
  return Buffer.concat([uint32(entries.length), uint32(data.length), ...entries, data]);
}

function uint32(value: unknown): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(Number(value));
  return bytes;
}

/** A Berkeley DB hash of one bucket, little-endian: key 0 counts, keys 1… are headers on overflow pages. */
export function berkeleyDatabase(headers: readonly Buffer[], pageSize = 4096): Buffer {
  const pages: Buffer[] = [Buffer.alloc(pageSize), Buffer.alloc(pageSize)];
  const items: Buffer[] = [item(1, key(0)), item(1, key(headers.length))];
  headers.forEach((header, i) => {
    const first = pages.length;
    const space = pageSize - 26;
    const parts = Math.ceil(header.length / space);
    for (let part = 0; part < parts; part++) {
      const page = Buffer.alloc(pageSize);
      const piece = header.subarray(part * space, (part + 1) * space);
      pageHeader(
        page,
        first + part,
        part === 0 ? 0 : first + part - 1,
        part + 1 < parts ? first + part + 1 : 0,
        1,
        piece.length,
        7,
      );
      piece.copy(page, 26);
      pages.push(page);
    }
    const value = Buffer.alloc(12);
    value.writeUInt8(3, 0);
    value.writeUInt32LE(first, 4);
    value.writeUInt32LE(header.length, 8);
    items.push(item(1, key(i + 1)), value);
  });
  const bucket = pages[1] ?? Buffer.alloc(0);
  let free = pageSize;
  items.forEach((bytes, i) => {
    free -= bytes.length;
    bytes.copy(bucket, free);
    bucket.writeUInt16LE(free, 26 + i * 2);
  });
  pageHeader(bucket, 1, 0, 0, items.length, free, 2);
  const meta = pages[0] ?? Buffer.alloc(0);
  meta.writeUInt32LE(0x061561, 12);
  meta.writeUInt32LE(9, 16);
  meta.writeUInt32LE(pageSize, 20);
  meta.writeUInt8(8, 25);
  meta.writeUInt32LE(pages.length - 1, 32);
  // One bucket, on page 1: numbers of the largest bucket, masks, fill factor, keys, a check of the hash function, spares.
  meta.writeUInt32LE(0, 72);
  meta.writeUInt32LE(1, 76);
  meta.writeUInt32LE(0, 80);
  meta.writeUInt32LE(headers.length + 1, 88);
  meta.writeUInt32LE(0x5e688dd1, 92);
  for (let i = 0; i < 32; i++) meta.writeUInt32LE(1, 96 + i * 4);
  return Buffer.concat(pages);
}

function key(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function item(kind: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([kind]), content]);
}

function pageHeader(
  page: Buffer,
  number: number,
  previous: number,
  next: number,
  entries: number,
  offset: number,
  kind: number,
): void {
  page.writeUInt32LE(number, 8);
  page.writeUInt32LE(previous, 12);
  page.writeUInt32LE(next, 16);
  page.writeUInt16LE(entries, 20);
  page.writeUInt16LE(offset, 22);
  page.writeUInt8(0, 24);
  page.writeUInt8(kind, 25);
}

/** rpm's own format: a page of slots, then blobs in blocks of 16 bytes. */
export function ndbDatabase(headers: readonly Buffer[]): Buffer {
  const slots = Buffer.alloc(4096);
  slots.write('RpmP', 0, 'latin1');
  slots.writeUInt32LE(0, 4);
  slots.writeUInt32LE(1, 8);
  slots.writeUInt32LE(1, 12);
  slots.writeUInt32LE(headers.length + 1, 16);
  for (let at = 32; at < 4096; at += 16) slots.write('Slot', at, 'latin1');
  const blobs: Buffer[] = [];
  let block = 4096 / 16;
  headers.forEach((header, i) => {
    const blocks = Math.ceil((16 + header.length + 12) / 16);
    const blob = Buffer.alloc(blocks * 16);
    blob.write('BlbS', 0, 'latin1');
    blob.writeUInt32LE(i + 1, 4);
    blob.writeUInt32LE(1, 8);
    blob.writeUInt32LE(header.length, 12);
    header.copy(blob, 16);
    blob.write('BlbE', blob.length - 4, 'latin1');
    slots.writeUInt32LE(i + 1, 32 + i * 16 + 4);
    slots.writeUInt32LE(block, 32 + i * 16 + 8);
    slots.writeUInt32LE(blocks, 32 + i * 16 + 12);
    block += blocks;
    blobs.push(blob);
  });
  return Buffer.concat([slots, ...blobs]);
}
