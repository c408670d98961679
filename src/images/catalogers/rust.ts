import { inflateSync } from 'node:zlib';
import type { Cataloger } from './cataloger.ts';
import { candidateCpes } from './cpe.ts';
import { looksExecutable, sectionBytes } from './executables/executable.ts';
import { executableOf } from './executables/read-executable.ts';
import { newPackage } from './new-package.ts';
import { purlOf } from './purl.ts';
import { textOf } from './text.ts';
import { orUnreadable } from './unreadable-error.ts';

interface Crate {
  readonly name: string;
  readonly version: string;
}

const maxJsonBytes = 64 * 1024 * 1024;

/**
 * Crates that a program of Rust was built from, where `cargo auditable` built it.
 *
 * Source: https://github.com/rust-secure-code/cargo-auditable/blob/master/PARSING.md
 */
export const rust: Cataloger<readonly Crate[]> = {
  name: 'rust',
  revision: 1,
  wants: (_file, head) => looksExecutable(head),
  read({ path }, content) {
    const executable = executableOf(content);
    const packed = executable && sectionBytes(executable, '.dep-v0');
    if (packed === undefined || packed.length === 0) return undefined;
    return orUnreadable(path, 'list of crates', () => cratesOf(JSON.parse(textOf(inflated(packed)))));
  },
  assemble(files) {
    return files.flatMap((file) =>
      file.evidence.map(({ name, version }) =>
        newPackage({
          type: 'rust-crate',
          name,
          version,
          language: 'rust',
          foundBy: 'rust',
          at: [file],
          purl: purlOf({ type: 'cargo', name, version }),
          cpes: candidateCpes({
            type: 'rust-crate',
            name,
            version,
            plainVendors: [`${name}_project`],
            target: 'rust',
          }),
        }),
      ),
    );
  },
};

function inflated(packed: Uint8Array): Uint8Array {
  try {
    return inflateSync(packed, { maxOutputLength: maxJsonBytes });
  } catch (error) {
    throw new RangeError((error as Error).message);
  }
}

/** What ran only while building is not in the program. */
function cratesOf(json: { packages?: unknown } | null): Crate[] {
  const listed = Array.isArray(json?.packages) ? json.packages : [];
  return listed.flatMap((each: { name?: unknown; version?: unknown; kind?: unknown } | null) =>
    typeof each?.name === 'string' && typeof each.version === 'string' && each.kind !== 'build'
      ? [{ name: each.name, version: each.version }]
      : [],
  );
}
