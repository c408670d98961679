import { BlockList, isIP } from 'node:net';

/** What an IP address is for. */
export type AddressClass = 'loopback' | 'link-local' | 'private' | 'public';

const networks: Readonly<Record<Exclude<AddressClass, 'public'>, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '0.0.0.0/8', '::1/128', '::/128'],
  // The metadata services of clouds are here.
  'link-local': [
    '169.254.0.0/16',
    'fe80::/10',
    'fd00:ec2::254/128',
    '168.63.129.16/32',
    '100.100.100.200/32',
  ],
  private: [
    ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'],
    ...['192.0.0.0/24', '198.18.0.0/15', '224.0.0.0/4', '240.0.0.0/4', 'ff00::/8', '64:ff9b::/96'],
  ],
};

const lists = Object.entries(networks).map(([name, ranges]) => {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', bits] = range.split('/');
    list.addSubnet(network, Number(bits), isIP(network) === 6 ? 'ipv6' : 'ipv4');
  }
  return [name as AddressClass, list] as const;
});

/**
 * The class of an address; undefined for what is none. Addresses of IPv4 within IPv6 count as what they stand for.
 *
 * Source: https://www.iana.org/assignments/iana-ipv4-special-registry and …/iana-ipv6-special-registry
 */
export function addressClass(address: string): AddressClass | undefined {
  const family = isIP(address);
  if (family === 0) return undefined;
  const found = lists.find(([, list]) => list.check(address, family === 6 ? 'ipv6' : 'ipv4'));
  return found?.[0] ?? 'public';
}
