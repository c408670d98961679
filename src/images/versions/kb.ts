import { compareTexts, type VersionScheme } from './scheme.ts';

/** Microsoft's knowledge base articles: they are the same or they are not. */
export const kb: VersionScheme = { name: 'kb', compare: compareTexts };
