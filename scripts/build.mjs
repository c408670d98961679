import { ensurePages, ensureServer } from './ensure.mjs';

ensureServer();
ensurePages();
