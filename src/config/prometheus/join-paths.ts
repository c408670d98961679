import { isAbsolute, join } from 'node:path';

/** Keys that hold a path, and keys that hold a list of them. */
const pathKeys = new Set([
  'ca_file',
  'cert_file',
  'key_file',
  'credentials_file',
  'username_file',
  'password_file',
  'bearer_token_file',
  'client_secret_file',
  'client_certificate_key_file',
  'kubeconfig_file',
  'query_log_file',
  'scrape_failure_log_file',
]);
const pathListKeys = new Set(['files', 'rule_files', 'scrape_config_files']);

/** The value with all relative paths in it joined to a folder: files name their own paths from where they are. */
export function joinPaths<Value>(value: Value, folder: string): Value {
  return joined(value, folder) as Value;
}

function joined(value: unknown, folder: string): unknown {
  if (Array.isArray(value)) return value.map((one) => joined(one, folder));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, held]) => {
      if (pathKeys.has(key)) return [key, typeof held === 'string' ? pathIn(folder, held) : held];
      if (pathListKeys.has(key) && Array.isArray(held)) {
        return [key, held.map((one) => (typeof one === 'string' ? pathIn(folder, one) : one))];
      }
      return [key, joined(held, folder)];
    }),
  );
}

function pathIn(folder: string, path: string): string {
  return path === '' || isAbsolute(path) ? path : join(folder, path);
}
