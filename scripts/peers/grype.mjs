// `npm run peers -- grype`: builds Grype, which image matching is compared with, and a program that writes databases with its code.
// With `--where` it only prints the folder that they are in, or would be.
import { pathToFileURL } from 'node:url';
import { goPrograms } from './go-programs.mjs';

const version = '0.121.2';

const programs = goPrograms({
  module: 'test/peers/grype-oracle',
  programs: { grype: 'github.com/anchore/grype/cmd/grype', 'write-database': './write-database' },
  files: ['go-spdx/go.mod', 'go-spdx/spdxexp/validate.go', 'write-database/main.go'],
  flags: ['-X', `main.version=${version}`],
});

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href || process.argv[2] === 'grype') {
  if (!process.argv.includes('--where') && !programs.build(`Grype ${version}`)) process.exit(3);
  console.log(programs.folder);
}
