import { randomBytes } from 'node:crypto';
import { rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DoctorCheckJson } from '../../api/skopos/doctor-contract.ts';
import { messageOf } from '../../kit/app-error.ts';
import type { Probe } from './doctor.ts';

export interface StoreProbeOptions {
  readonly folder: string;
  /** Why what is known cannot be recorded now; '' when it can. Of a running process. */
  readonly fault?: () => string;
}

const mib = 1024 * 1024;
/** Below this, a busy hour of samples may not find room. */
const littleBytes = 512 * mib;
const tooLittleBytes = 64 * mib;

const check = { id: 'store', title: 'Data folder' };

/** Whether the data folder can be written, and how much room is left. */
export function storeProbe({ folder, fault }: StoreProbeOptions): Probe {
  return {
    ...check,
    async run() {
      const problem = fault?.() ?? '';
      if (problem !== '')
        return [{ ...check, state: 'fail', message: problem, advice: 'Look at the disk and its rights.' }];
      const isThere = await stat(folder).then(
        (found) => found.isDirectory(),
        () => false,
      );
      const tried = isThere ? folder : await firstThere(dirname(folder));
      const refused = await writeProblem(tried);
      if (refused !== '')
        return [
          {
            ...check,
            state: 'fail',
            message: `${tried} cannot be written: ${refused}`,
            advice:
              'Give the user that Skopos runs as the right to write there, or name another folder with `data`.',
          },
        ];
      const { bavail, bsize } = await statfs(tried);
      return [roomCheck(folder, bavail * bsize, isThere)];
    },
  };
}

function roomCheck(folder: string, freeBytes: number, isThere: boolean): DoctorCheckJson {
  const free = `${Math.floor(freeBytes / mib).toLocaleString('en')} MiB free`;
  const what = isThere ? `${folder} can be written` : `${folder} can be made`;
  if (freeBytes >= littleBytes) return { ...check, state: 'ok', message: `${what}, ${free}`, advice: '' };
  return {
    ...check,
    state: freeBytes < tooLittleBytes ? 'fail' : 'warn',
    message: `${what}, but there is little room: ${free}`,
    advice: 'Make room, or set `storage.retention_size` or a shorter `storage.retention`.',
  };
}

async function writeProblem(folder: string): Promise<string> {
  const file = join(folder, `.skopos-doctor-${randomBytes(6).toString('hex')}`);
  try {
    await writeFile(file, 'x', { flag: 'wx' });
    return '';
  } catch (error) {
    return messageOf(error);
  } finally {
    await rm(file, { force: true }).catch(() => undefined);
  }
}

/** The nearest folder above that is there. */
async function firstThere(folder: string): Promise<string> {
  const isThere = await stat(folder).then(
    () => true,
    () => false,
  );
  const above = dirname(folder);
  return isThere || above === folder ? folder : await firstThere(above);
}
