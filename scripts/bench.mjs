// `npm run bench -- <name> [flags]`: one JSON object a line and case on standard output.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureServer, ensureTools } from './ensure.mjs';

const [name, ...flags] = process.argv.slice(2);
ensureServer();
const file = join(ensureTools(), 'bench', `${name}.js`);
if (name === undefined || !existsSync(file)) {
  console.error(
    'usage: npm run bench -- <admission|chain|start|posture|images|live|node|soak|promql|rematch|remote-write|router|scrape|state|ingest|week> [flags]; see bench/README.md',
  );
  process.exit(2);
}
const { run } = await import(pathToFileURL(file).href);
for await (const line of await run(flags)) console.log(JSON.stringify(line));
process.exit(process.exitCode ?? 0);
