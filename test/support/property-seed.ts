import fc from 'fast-check';

/**
 * Property tests try the same cases on each run, so that what failed fails again, and a change is judged by itself.
 * `PROPERTY_SEED` sets others: a number, or `random`; `npm run fuzz` looks for what the usual cases miss.
 */
const wanted = process.env['PROPERTY_SEED'] ?? '20260101';
if (wanted !== 'random') fc.configureGlobal({ seed: Number(wanted) });
