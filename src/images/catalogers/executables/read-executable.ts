import { elfOf } from './elf.ts';
import { type Executable, looksExecutable } from './executable.ts';
import { machOf } from './mach-o.ts';
import { peOf } from './pe.ts';

/** Several catalogers look at the same program, one after the other. */
const known = new WeakMap<Uint8Array, Executable | 'none'>();

/**
 * The parts of a program; undefined when it is none, or is damaged where its parts are told. Damaged ones cannot run: nothing
 * is missed by passing over them.
 */
export function executableOf(content: Uint8Array): Executable | undefined {
  const before = known.get(content);
  if (before !== undefined) return before === 'none' ? undefined : before;
  const found = parsed(content);
  known.set(content, found ?? 'none');
  return found;
}

function parsed(content: Uint8Array): Executable | undefined {
  if (!looksExecutable(content.subarray(0, 64))) return undefined;
  try {
    if (content[0] === 0x7f) return elfOf(content);
    return content[0] === 0x4d ? peOf(content) : machOf(content);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
