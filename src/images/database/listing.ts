import { z } from 'zod';
import { BadInputError } from '../../kit/app-error.ts';
import { VulnerabilityDatabaseError } from './database-error.ts';
import { model } from './schema.ts';

/** Where Grype's databases are published. Nothing is asked of it unless somebody says so. */
export const publicListing = 'https://grype.anchore.io/databases';

/** The newest database that a listing has. */
export interface Listing {
  readonly url: string;
  /** `sha256:…` of the archive. */
  readonly checksum: string;
  readonly builtAtMs: number;
  readonly schema: string;
  /** `deprecated`: there will be no more of this model soon; `eol`: there are none any more. */
  readonly status: 'active' | 'deprecated' | 'eol';
}

const listingSchema = z.object({
  status: z.enum(['active', 'deprecated', 'eol']).default('active'),
  schemaVersion: z.union([z.string(), z.number()]).transform((version) => String(version).replace(/^v/, '')),
  built: z.iso.datetime({ offset: true }),
  path: z.string().min(1).max(2000),
  checksum: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'sha256: and 64 hexadecimal digits'),
});

/**
 * The URL of a listing: one that ends with `.json` is taken as it is, another is the base below which listings lie by model.
 *
 * @throws {BadInputError} when it is no URL of HTTP.
 */
export function listingUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new BadInputError('url', `expected the URL of a listing, such as ${publicListing}, got "${text}"`);
  if (url.pathname.endsWith('.json')) return url.href;
  url.pathname = `${url.pathname.replace(/\/$/, '')}/v${model}/latest.json`;
  return url.href;
}

/** @throws {VulnerabilityDatabaseError} when it is no listing, or one of another model. */
export function readListing(text: string, url: string): Listing {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new VulnerabilityDatabaseError(`${url} is no listing of databases: no JSON`, { cause: error });
  }
  const result = listingSchema.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new VulnerabilityDatabaseError(
      `${url} is no listing of databases: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
    );
  }
  const { status, schemaVersion, built, path, checksum } = result.data;
  if (Number.parseInt(schemaVersion, 10) !== model)
    throw new VulnerabilityDatabaseError(
      `${url} lists a database of schema ${schemaVersion}; this program reads model ${model}`,
    );
  const archive = URL.canParse(path, url) ? new URL(path, url) : undefined;
  if (archive === undefined || !/^https?:$/.test(archive.protocol))
    throw new VulnerabilityDatabaseError(`${url} names an archive "${path}" that is no address`);
  // Mirrors may want a token in the query of every request.
  if (archive.search === '') archive.search = new URL(url).search;
  return { url: archive.href, checksum, builtAtMs: Date.parse(built), schema: schemaVersion, status };
}
