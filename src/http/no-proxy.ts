import { BlockList, isIP } from 'node:net';

/**
 * Whether `no_proxy` (a comma list of host names, `.domains`, addresses, networks, each with an optional port; or `*`) says to go
 * to `url` directly. A name stands for its subdomains too.
 *
 * Source: https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
 */
export function bypassesProxy(url: URL, noProxy: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return noProxy
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .filter((part) => part !== '')
    .some((part) => matchesPart(part, host, port));
}

function matchesPart(part: string, host: string, port: string): boolean {
  if (part === '*') return true;
  const [network, bits] = part.split('/');
  const family = isIP(network ?? '');
  if (bits !== undefined && family !== 0 && isIP(host) === family) {
    const list = new BlockList();
    list.addSubnet(network ?? '', Number(bits), family === 6 ? 'ipv6' : 'ipv4');
    return list.check(host, family === 6 ? 'ipv6' : 'ipv4');
  }
  const withPort = isIP(part) === 6 ? null : /^(.*):(\d+)$/.exec(part);
  if (withPort !== null && withPort[2] !== port) return false;
  const name = (withPort?.[1] ?? part).replace(/^\[|\]$/g, '').replace(/^\*?\./, '.');
  if (name.startsWith('.')) return host.endsWith(name);
  return host === name || host.endsWith(`.${name}`);
}
