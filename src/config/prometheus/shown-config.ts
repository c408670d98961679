import { parse, stringify } from 'yaml';

/** Keys whose values are secrets, whatever section they stand in; those of kinds of discovery that are not supported too. */
const secretKey =
  /(?:password|secret|token|credential|api_?key|access_?key|private_?key|^key$|certificate_key$|^secrets$|^proxy_connect_header$)/i;
/** Of those, what only says where a secret is, or is none. */
const plainKey = /(?:_file|_files|_url|_id|_name|_path|_params)$/i;
const userInfo = /:\/\/[^/@\s]*@/g;

/** A `prometheus.yml` as people may see it: as written, comments left out, every secret as `<secret>`. */
export function shownConfig(text: string): string {
  return stringify(shown(parse(text), ''));
}

function shown(value: unknown, key: string): unknown {
  if (secretKey.test(key) && !plainKey.test(key) && typeof value !== 'object') return hidden(value);
  if (Array.isArray(value))
    return value.map((one) => shown(one, typeof one === 'object' || secretKey.test(key) ? key : ''));
  if (typeof value === 'object' && value !== null) {
    const isSecretMap = key === 'proxy_connect_header' || key === 'headers';
    return Object.fromEntries(
      Object.entries(value).map(([name, held]) => [name, isSecretMap ? hiddenAll(held) : shown(held, name)]),
    );
  }
  return typeof value === 'string' ? value.replace(userInfo, '://<secret>@') : value;
}

function hidden(value: unknown): unknown {
  return value === null || value === undefined || value === '' || typeof value === 'boolean'
    ? value
    : '<secret>';
}

function hiddenAll(value: unknown): unknown {
  return Array.isArray(value) ? value.map(hiddenAll) : hidden(value);
}
