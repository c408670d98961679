// `node scripts/peers/syft.mjs`: builds Syft, which cataloging is compared with. With `--where` it only prints the folder that it is in,
// or would be.
import { goPrograms } from './go-programs.mjs';

const version = '1.57.0';

const programs = goPrograms({
  module: 'test/peers/syft-oracle',
  programs: { syft: 'github.com/anchore/syft/cmd/syft' },
  files: [],
  flags: ['-X', `main.version=${version}`],
});

if (!process.argv.includes('--where') && !programs.build(`Syft ${version}`)) process.exit(3);
console.log(programs.folder);
