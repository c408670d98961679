import { Gaps, type Host, type Sensor } from '../host.ts';
import { type OpenPort, openPorts } from '../parse/sockets.ts';
import { isAbsent, readValue } from '../root/reading.ts';

const mostBytes = 4 * 1024 * 1024;
/** More are counted, not listed. */
const mostPorts = 1000;

type Protocol = 'tcp' | 'udp' | 'icmp';

/** Ports that are open in the host's own network: those that the first process sees. */
export const openPortsList: Sensor = {
  kind: 'OpenPortsList',
  async sense(host) {
    const gaps = new Gaps();
    const short = await shortLived(host);
    const data = {
      tcpPorts: await portsOf(host, 'tcp', gaps),
      // Programs that ask a name server have one for a moment.
      udpPorts: (await portsOf(host, 'udp', gaps))?.filter(({ port }) => !short(port)),
      icmpPorts: await portsOf(host, 'icmp', gaps),
    };
    return { data, gaps: gaps.list };
  },
};

async function portsOf(
  { proc }: Host,
  protocol: Protocol,
  gaps: Gaps,
): Promise<readonly OpenPort[] | undefined> {
  const field = `${protocol}Ports`;
  const all: OpenPort[] = [];
  for (const family of ['', '6']) {
    const read = await proc.text(`/1/net/${protocol}${family}`, mostBytes);
    // A kernel may have no IPv6, and no ICMP sockets.
    if (isAbsent(read) && (family === '6' || protocol === 'icmp')) continue;
    const text = gaps.need(field, read);
    if (text === undefined) return undefined;
    all.push(...openPorts(text, protocol));
  }
  if (all.length > mostPorts) gaps.add(field, `${all.length} ports are open, of which ${mostPorts} are told`);
  return all.slice(0, mostPorts);
}

/** Ports that the kernel gives to who asks for none in particular. */
async function shortLived({ proc }: Host): Promise<(port: number) => boolean> {
  const text = readValue(await proc.text('/sys/net/ipv4/ip_local_port_range')) ?? '';
  const [from = Number.NaN, to = Number.NaN] = text.trim().split(/\s+/).map(Number);
  return (port) => port >= from && port <= to;
}
