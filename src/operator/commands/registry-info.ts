import { z } from 'zod';
import { BadInputError } from '../../kit/app-error.ts';
import { mostPlatforms, platformForm, platformHint } from '../../model/platform.ts';
import type { RegistryRef } from '../image-scanner.ts';
import { withNames } from './any-case.ts';

const fieldNames = [
  ...['registryName', 'registryProvider', 'depth', 'kind', 'isHTTPS', 'skipTLSVerify', 'authMethod'],
  ...['include', 'exclude', 'platforms', 'insecure', 'secretName'],
];

const list = z.array(z.string()).nullish();

export const registryInfoSchema = z.looseObject({
  registryName: z
    .string()
    .min(1)
    .describe('Host, with a port and the beginning of repository names: `registry.shop:5000/team`.'),
  registryProvider: z.string().nullish(),
  depth: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .nullish()
    .describe('Tags of each repository, the newest first; 1 when left out.'),
  kind: z.string().nullish(),
  isHTTPS: z.boolean().nullish().describe('`true` when left out.'),
  skipTLSVerify: z.boolean().nullish(),
  include: list.describe('Only these repositories; `*` stands for parts of a name.'),
  exclude: list,
  platforms: z
    .array(z.string().regex(platformForm, `expected ${platformHint}`))
    .min(1)
    .max(mostPlatforms)
    .nullish()
    .describe(
      'Such as `linux/arm64`, each of an image for several; `images.registry_platforms` when left out.',
    ),
  authMethod: z.looseObject({ type: z.string().nullish() }).nullish(),
});

const secretFields = ['username', 'password', 'token', 'accessKey', 'secret'];

/**
 * The registry that `args["registryInfo-v1"]` names. Credentials come from Secrets, never with the command.
 *
 * @throws {BadInputError}
 */
export function registryOf(args: Readonly<Record<string, unknown>>): RegistryRef {
  const info = args['registryInfo-v1'];
  if (info === undefined)
    throw new BadInputError('args.registryInfo-v1', 'it has to say which registry: {"registryName": "…"}');
  const parsed = registryInfoSchema.safeParse(withNames(info, fieldNames));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new BadInputError(
      ['args.registryInfo-v1', ...(issue?.path ?? [])].join('.'),
      issue?.message ?? 'not a registry',
    );
  }
  const { registryName, registryProvider, depth, isHTTPS, skipTLSVerify, include, exclude, authMethod } =
    parsed.data;
  const { platforms } = parsed.data;
  if (secretFields.some((name) => name in (authMethod ?? {})))
    throw new BadInputError(
      'args.registryInfo-v1.authMethod',
      'credentials are not taken with a command, as it is kept; put them into a Secret with the label kubescape.io/registry=creds',
    );
  return {
    name: registryName.replace(/^https?:\/\//, '').replace(/\/+$/, ''),
    provider: registryProvider ?? '',
    insecure: isHTTPS === false || registryName.startsWith('http://'),
    skipTlsVerify: skipTLSVerify ?? false,
    depth: depth ?? 1,
    include: include ?? [],
    exclude: exclude ?? [],
    ...(platforms ? { platforms: [...new Set(platforms)] } : {}),
  };
}
