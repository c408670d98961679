/** A port that takes what comes from elsewhere. */
export interface OpenPort {
  readonly port: number;
  /** The local address that it is open at: `0.0.0.0`, `::1`. */
  readonly address: string;
}

const listening = '0A';
/** What an unconnected UDP socket shows. */
const unconnected = '07';

/**
 * Open ports of `/proc/<pid>/net/tcp`, `udp` and the like, each once, by number. Lines in another shape are passed over.
 * Source: https://www.kernel.org/doc/Documentation/networking/proc_net_tcp.txt
 */
export function openPorts(text: string, protocol: 'tcp' | 'udp' | 'icmp'): readonly OpenPort[] {
  const found = new Map<string, OpenPort>();
  const wanted = protocol === 'tcp' ? listening : unconnected;
  for (const line of text.split('\n').slice(1)) {
    const [, local = '', remote = '', state = ''] = line.trim().split(/\s+/);
    if (state.toUpperCase() !== wanted || !/^0+:0000$/.test(remote)) continue;
    const open = endOf(local);
    if (open !== undefined) found.set(`${open.address} ${open.port}`, open);
  }
  return [...found.values()].sort((a, b) => a.port - b.port || (a.address < b.address ? -1 : 1));
}

function endOf(text: string): OpenPort | undefined {
  const match = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/i.exec(text);
  if (match === null) return undefined;
  const [, address = '', port = ''] = match;
  return { port: Number.parseInt(port, 16), address: address.length === 8 ? ipv4(address) : ipv6(address) };
}

/** The kernel writes words in the order of the machine, which is little-endian wherever we run. */
function ipv4(hex: string): string {
  return bytesOf(hex).reverse().join('.');
}

function ipv6(hex: string): string {
  const bytes = [0, 8, 16, 24].flatMap((at) => bytesOf(hex.slice(at, at + 8)).reverse());
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  if (isMapped) return `::ffff:${bytes.slice(12).join('.')}`;
  const groups = Array.from({ length: 8 }, (_, i) =>
    (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16),
  );
  return shortened(groups);
}

function bytesOf(hex: string): number[] {
  return Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

/** The longest run of zeroes is left out. Source: https://www.rfc-editor.org/rfc/rfc5952#section-4.2 */
function shortened(groups: readonly string[]): string {
  let best = { at: 0, length: 1 };
  for (let at = 0; at < groups.length; at++) {
    let length = 0;
    while (groups[at + length] === '0') length++;
    if (length > best.length) best = { at, length };
  }
  if (best.length < 2) return groups.join(':');
  return `${groups.slice(0, best.at).join(':')}::${groups.slice(best.at + best.length).join(':')}`;
}
