/** An address as a number of 32 or 128 bits. */
export interface Ip {
  readonly value: bigint;
  readonly width: 32 | 128;
}

/**
 * Reads an address strictly: no zone, no leading zeros, no IPv4 address inside of an IPv6 one.
 *
 * @returns why it is none, as a text, when it is none.
 */
export function parseIp(text: string): Ip | string {
  if (!text.includes(':')) {
    const value = parseFour(text);
    return value === undefined ? 'unable to parse IP' : { value, width: 32 };
  }
  if (text.includes('%')) return 'IP address with zone value is not allowed';
  const value = parseSixteen(text);
  if (value === undefined) return 'unable to parse IP';
  if (value >> 32n === 0xffffn) return 'IPv4-mapped IPv6 address is not allowed';
  return { value, width: 128 };
}

function parseFour(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined;
  return parts.reduce((value, part) => value * 256n + BigInt(part), 0n);
}

function parseSixteen(text: string): bigint | undefined {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const four = tail === null ? undefined : parseFour(tail[2] ?? '');
  if (tail !== null && four === undefined) return undefined;
  const plain =
    tail === null || four === undefined
      ? text
      : `${tail[1]}${(four >> 16n).toString(16)}:${(four & 0xffffn).toString(16)}`;
  const halves = plain.split('::');
  if (halves.length > 2) return undefined;
  const [left = [], right] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const given = left.length + (right?.length ?? 0);
  if (right === undefined ? given !== 8 : given > 7) return undefined;
  const groups = [...left, ...Array<string>(8 - given).fill('0'), ...(right ?? [])];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return groups.reduce((value, group) => value * 65536n + BigInt(`0x${group}`), 0n);
}

/** The canonical text (RFC 5952). */
export function formatIp({ value, width }: Ip): string {
  if (width === 32) return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.');
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16),
  );
  let best = { at: 0, size: 1 };
  for (let at = 0; at < 8; at++) {
    let size = 0;
    while (groups[at + size] === '0') size++;
    if (size > best.size) best = { at, size };
  }
  if (best.size === 1) return groups.join(':');
  return `${groups.slice(0, best.at).join(':')}::${groups.slice(best.at + best.size).join(':')}`;
}
