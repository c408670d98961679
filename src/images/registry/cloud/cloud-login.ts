import type { FoundLogin } from '../credentials.ts';

/** A login that ends. `untilMs` is Unix ms; 0 where it is not known. */
export type EndingLogin = FoundLogin & { readonly untilMs: number };

/** Asks a cloud for a login to one of its registries. @throws {AppError} when it gives none. */
export type CloudLogin = (registry: string, signal: AbortSignal) => Promise<EndingLogin>;
