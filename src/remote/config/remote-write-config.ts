import { z } from 'zod';
import { httpConfigProblem, httpConfigSchema } from '../../http/client-config.ts';
import { durationMs, flag, fullList, hidden, or, text, textMap, textOrEmpty } from '../../kit/yaml-fields.ts';
import { relabelConfigSchema } from '../../relabel/relabel-config.ts';
import { defaultQueue, queueConfigSchema } from './queue-config.ts';
import { headerProblem } from './remote-headers.ts';

const messages = ['prometheus.WriteRequest', 'io.prometheus.write.v2.Request'] as const;

export type RemoteWriteMessage = (typeof messages)[number];

export const sigv4Schema = z.strictObject({
  region: textOrEmpty,
  access_key: textOrEmpty,
  secret_key: hidden.nullish(),
  profile: textOrEmpty,
  role_arn: textOrEmpty,
  external_id: textOrEmpty,
  use_fips_sts_endpoint: or(flag, false),
  service_name: textOrEmpty,
});

const metadataSchema = z.strictObject({
  send: or(flag, true),
  send_interval: or(durationMs, 60_000),
  max_samples_per_send: or(z.int().positive(), 2000),
});

const shape = z.strictObject({
  url: textOrEmpty,
  remote_timeout: or(durationMs, 30_000),
  headers: textMap,
  write_relabel_configs: fullList(relabelConfigSchema, 'relabeling rule in remote write config'),
  name: textOrEmpty,
  send_exemplars: or(flag, false),
  send_native_histograms: or(flag, false),
  round_robin_dns: or(flag, false),
  protobuf_message: or(
    text.transform((value, context) => {
      const found = messages.find((message) => message === value);
      if (found !== undefined) return found;
      context.addIssue({
        code: 'custom',
        message: `invalid protobuf_message value "${value}"; there are ${messages.join(' and ')}`,
      });
      return z.NEVER;
    }),
    messages[0],
  ),
  queue_config: or(queueConfigSchema, defaultQueue),
  metadata_config: or(metadataSchema, metadataSchema.parse({})),
  sigv4: sigv4Schema.nullish(),
  azuread: z.looseObject({}).nullish(),
  google_iam: z.looseObject({}).nullish(),
  ...httpConfigSchema.shape,
});

export type RemoteWriteConfig = z.output<typeof shape>;

/**
 * One entry of `remote_write`.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#remote_write
 */
export const remoteWriteSchema = shape.superRefine((config, context) => {
  // What is wrong within comes first.
  if (context.issues.length > 0) return;
  const found =
    (config.url === '' ? { path: ['url'], problem: 'url for remote_write is empty' } : undefined) ??
    headerProblem(config.headers) ??
    httpConfigProblem(config) ??
    signersProblem(config);
  if (found !== undefined)
    context.addIssue({ code: 'custom', message: found.problem, path: [...found.path] });
});

/** Requests can be authorized in one way. */
function signersProblem({
  sigv4,
  azuread,
  google_iam,
  basic_auth,
  authorization,
  oauth2,
}: RemoteWriteConfig) {
  const used = Object.entries({ basic_auth, authorization, oauth2, sigv4, azuread, google_iam })
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name]) => name);
  return used.length > 1
    ? { path: [used[1] ?? ''], problem: `at most one of ${used.join(' & ')} may be set` }
    : undefined;
}
