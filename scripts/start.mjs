// `npm start [-- flags]`: install and build what is missing, then `skopos up`.
import { ensurePages, ensureServer } from './ensure.mjs';

ensureServer();
ensurePages();
process.argv.splice(2, 0, 'up');
await import('../dist/main.js');
