import type { HttpClientConfig } from '../http/client-config.ts';
import { bypassesProxy } from '../http/no-proxy.ts';
import type { IntegrationConfig } from './config/alerting-config.ts';
import { revealSecret, type SecretSource } from './secret-source.ts';

/** Where the first connection of a delivery goes: the receiver itself, or the proxy before it. No credentials are in it. */
export type DeliveryEndpoint =
  | { readonly kind: 'address'; readonly host: string; readonly port: number; readonly isProxy: boolean }
  /** It tells the people of this process, over no connection. */
  | { readonly kind: 'own' }
  /** Only sending shows it. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** What the settings of the kinds have in common, as far as they say where they go. */
interface Reach {
  readonly http?: HttpClientConfig;
  readonly url?: string | SecretSource;
  readonly host?: string;
  readonly port?: number;
}

/** Its address stands in no setting: https://pushover.net/api */
const fixedAddresses: Readonly<Record<string, string>> = { pushover: 'https://api.pushover.net/' };

/**
 * Where an entry of a receiver sends to, found out without sending.
 *
 * @throws {NotifyError} when a file that holds the address cannot be read.
 */
export async function deliveryEndpoint({
  kind,
  settings,
}: Pick<IntegrationConfig, 'kind' | 'settings'>): Promise<DeliveryEndpoint> {
  if (kind.isOwn === true) return { kind: 'own' };
  const { http, url, host, port } = settings as Reach;
  if (host !== undefined && port !== undefined) return { kind: 'address', host, port, isProxy: false };
  const text = fixedAddresses[kind.name] ?? (await addressOf(url));
  if (text === '') return { kind: 'unknown', reason: 'its address is known only when it sends' };
  if (text.includes('{{')) return { kind: 'unknown', reason: 'its address is a template' };
  return endpointOf(text, http);
}

async function addressOf(url: Reach['url']): Promise<string> {
  if (url === undefined || typeof url === 'string') return url ?? '';
  return await revealSecret(url, 'the address');
}

function endpointOf(text: string, http: HttpClientConfig | undefined): DeliveryEndpoint {
  const target = parsed(text);
  if (target === undefined) return { kind: 'unknown', reason: 'its address is not one of http or https' };
  const proxyText = http?.proxy_url ?? '';
  const isProxied = proxyText !== '' && !bypassesProxy(target, http?.no_proxy ?? '');
  const proxy = isProxied ? parsed(proxyText) : undefined;
  if (isProxied && proxy === undefined)
    return { kind: 'unknown', reason: 'the address of its proxy cannot be read' };
  // What the environment says of proxies is for the client to know.
  if (http?.proxy_from_environment === true)
    return { kind: 'unknown', reason: 'the environment says whether a proxy is in between' };
  const { hostname, port, protocol } = proxy ?? target;
  return {
    kind: 'address',
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
    isProxy: proxy !== undefined,
  };
}

/** Errors of `URL` show the whole text, which may be a secret. */
function parsed(text: string): URL | undefined {
  return URL.canParse(text) && /^https?:/i.test(text) ? new URL(text) : undefined;
}
