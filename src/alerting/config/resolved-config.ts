import { readYamlConfig } from '../../kit/yaml-config.ts';
import { notifiers } from '../notifiers/notifiers.ts';
import { checkReferences } from './check-references.ts';
import { configShape } from './config-schema.ts';
import { completeGlobals, type Globals } from './global-schema.ts';

const configSchema = configShape.superRefine(checkReferences);

/**
 * A configuration under the file's own keys, with defaults filled in and what receivers take over from the globals. Durations are
 * in milliseconds, secrets are `Secret`.
 *
 * @throws {ConfigFileError} as loading does.
 */
export function resolvedConfig(text: string, file: string): Record<string, unknown> {
  const entry = readYamlConfig(text, file, configSchema);
  const globals = completeGlobals(entry.global);
  return {
    ...entry,
    global: withHttpDefaults(globals),
    receivers: entry.receivers.map((receiver) => ({
      ...receiver,
      labels: { ...receiver.labels, name: receiver.name },
      ...Object.fromEntries(
        notifiers.map((kind) => {
          const key = `${kind.name}_configs`;
          const entries = (
            receiver as unknown as Record<string, readonly Readonly<Record<string, unknown>>[]>
          )[key];
          return [key, (entries ?? []).map((one) => entryOf(one, kind, globals))];
        }),
      ),
    })),
  };
}

function entryOf(
  entry: Readonly<Record<string, unknown>>,
  kind: (typeof notifiers)[number],
  globals: Globals,
): unknown {
  const inherited = kind.inherit(entry, globals) as Record<string, unknown>;
  return withHttpDefaults({ ...inherited, send_resolved: inherited['send_resolved'] ?? kind.sendResolved });
}

function withHttpDefaults(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const http = value['http_config'] as Record<string, unknown> | null | undefined;
  if (!http) return { ...value };
  const authorization = http['authorization'] as { readonly type?: string | null } | null | undefined;
  return {
    ...value,
    http_config: {
      ...http,
      follow_redirects: http['follow_redirects'] ?? true,
      enable_http2: http['enable_http2'] ?? true,
      ...(authorization
        ? { authorization: { ...authorization, type: authorization.type?.trim() || 'Bearer' } }
        : {}),
    },
  };
}
