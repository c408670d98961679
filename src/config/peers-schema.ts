import { z } from 'zod';
import { tlsConfigSchema } from '../http/client-config.ts';
import { BadInputError } from '../kit/app-error.ts';
import { secret } from '../kit/secret.ts';

/** Other processes that know the same alerts, and the database through which they tell of each once. */
export const peersSchema = z
  .strictObject({
    /** `postgresql://user:password@host:port/database`. */
    database: secret.optional(),
    /** The same from a file, which is read again whenever connections are made anew. */
    database_file: z.string().optional(),
    /** The password alone; it takes the place of one in the address. */
    password_file: z.string().optional(),
    tls_config: tlsConfigSchema.optional(),
    /** How people and peers know this process; the host's name and the port when left out. */
    name: z
      .string()
      .regex(/^[\w.:@-]{1,200}$/, 'letters, digits, "_", ".", ":", "@" and "-"')
      .optional(),
  })
  .refine(({ database, database_file: file }) => (database === undefined) !== (file === undefined), {
    message: 'give database or database_file, one of the two',
  });

export type PeersConfig = z.output<typeof peersSchema>;

/**
 * The address of a PostgreSQL database.
 *
 * @throws {BadInputError} whose text has nothing of the address, as there may be a password in it.
 */
export function parseDatabaseUrl(text: string, where: string): URL {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  if (url === undefined || !/^postgres(ql)?:$/.test(url.protocol) || url.hostname === '')
    throw new BadInputError(where, 'expected an address such as postgresql://user@host:5432/database');
  return url;
}
