import { z } from 'zod';
import { duration } from '../../kit/duration.ts';
import { publicListing } from './listing.ts';

/** `images.database`: where vulnerability data comes from, and how old it may be. */
export const databaseSchema = z.strictObject({
  /** Whether it is kept up to date from `url`. Nothing is called otherwise. */
  update: z.boolean().default(false),
  /** Of a listing (`….json`), or of the base below which it lies as Grype publishes it. */
  url: z.url().default(publicListing),
  /** Asked when `url` does not answer. */
  mirrors: z.array(z.url()).default([]),
  /** Least time between two looks at the listing. */
  check_every: duration.default(7_200_000),
  /** Data older than this is told to be stale. */
  max_age: duration.default(432_000_000),
  /** Where it lies; `vulnerability-db` in the data folder when left out. */
  folder: z.string().optional(),
});

export type DatabaseSettings = z.output<typeof databaseSchema>;
