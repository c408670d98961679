import { isMap, isPair, isScalar, isSeq, type Pair, parseDocument, visit } from 'yaml';

/** Keys whose values are credentials, wherever they stand. */
const secretKeys = new Set([
  'alert_source_token',
  'api_key',
  'api_secret',
  'app_token',
  'auth_password',
  'auth_secret',
  'bearer_token',
  'bot_token',
  'client_certificate_key',
  'client_secret',
  'credentials',
  'key',
  'mattermost_webhook_url',
  'opsgenie_api_key',
  'password',
  'rocketchat_token',
  'rocketchat_token_id',
  'routing_key',
  'secret_key',
  'secrets',
  'service_key',
  'slack_api_url',
  'slack_app_token',
  'smtp_auth_password',
  'smtp_auth_secret',
  'telegram_bot_token',
  'token',
  'token_id',
  'user_key',
  'victorops_api_key',
  'webhook_url',
  'wechat_api_secret',
]);

/** Addresses that are credentials in some places only; in others amtool wants to read them. */
const secretWithin: Readonly<Record<string, readonly string[]>> = {
  api_url: ['slack_configs'],
  url: ['webhook_configs', 'webhook_outputs'],
};

/** Keys that are credentials but not here: a VictorOps routing key is a name. */
const openWithin: Readonly<Record<string, readonly string[]>> = { routing_key: ['victorops_configs'] };

/**
 * The same YAML with `<secret>` in place of each credential, and of a password within an address. Comments are left out, and so
 * are `inbox_configs`, which a comment says: amtool reads this text, and refuses what Alertmanager does not have.
 */
export function redactYaml(text: string): string {
  const doc = parseDocument(text);
  let hasInbox = false;
  visit(doc, {
    Pair(_key, pair: Pair, path) {
      const name = isScalar(pair.key) ? String(pair.key.value) : '';
      if (name === 'inbox_configs') {
        hasInbox = true;
        return visit.REMOVE;
      }
      if (isSecret(name, path)) hide(pair);
      else if (name === 'proxy_connect_header') hideAll(pair.value);
      return undefined;
    },
    Scalar(_key, node) {
      node.comment = null;
      node.commentBefore = null;
      if (typeof node.value === 'string')
        node.value = node.value.replace(/(:\/\/[^/\s:@]*):[^/\s@]*@/g, '$1:<secret>@');
    },
    Collection(_key, node) {
      node.comment = null;
      node.commentBefore = null;
    },
  });
  doc.comment = null;
  doc.commentBefore = hasInbox ? ' inbox_configs, which Alertmanager does not have, are left out' : null;
  return doc.toString({ lineWidth: 0 });
}

/** Whether a key at the end of this path holds a credential. */
function isSecret(name: string, path: readonly unknown[]): boolean {
  // The map that the key is in, and the list's own key two steps above it.
  const parent = path
    .filter(isPair)
    .map(({ key }) => (isScalar(key) ? String(key.value) : ''))
    .at(-1);
  if (openWithin[name]?.includes(parent ?? '')) return false;
  return secretKeys.has(name) || (secretWithin[name]?.includes(parent ?? '') ?? false);
}

function hide(pair: Pair): void {
  if (isScalar(pair.value) && pair.value.value !== null && pair.value.value !== '')
    pair.value.value = '<secret>';
  else hideAll(pair.value);
}

function hideAll(node: unknown): void {
  if (isSeq(node)) {
    for (const item of node.items) {
      if (isScalar(item)) item.value = '<secret>';
      else hideAll(item);
    }
  } else if (isMap(node)) for (const item of node.items) hideAll(item.value);
}
