import { close, constants, open, read } from 'node:fs';
import { promisify } from 'node:util';
import type { Clock } from '../../kit/clock.ts';
import { numberIn } from './host-files.ts';
import { PatientAsker, type PatientAskerOptions } from './patient-asker.ts';

/** What a file of sysfs can hold; longer ones are read piece by piece. */
const pageBytes = 4096;
/** No file whose driver is asked is larger. */
const maxBytes = 1024 * 1024;
/** A sensor on a slow bus takes some tens of milliseconds. */
const usualTimeoutMs = 1000;

const openFile = promisify(open);
const readFile = promisify(read);
const closeFile = promisify(close);

/**
 * Files that the kernel does not know but asks a driver for, which asks hardware or firmware, or waits for a lock that others hold
 * while they do: sensors, batteries, speeds of network cards, counters of adapters. Such a read can hang and cannot be cancelled. It is
 * done in the pool of threads, so that nothing but this one figure is missing.
 */
export class SlowFiles {
  readonly #asker: PatientAsker<string>;

  constructor({ timeoutMs = usualTimeoutMs, ...options }: Partial<PatientAskerOptions> = {}) {
    this.#asker = new PatientAsker({ timeoutMs, ...options });
  }

  /** The files for one scrape of one collector. */
  reader(clock: Clock): SlowReader {
    return new SlowReader(this.#asker, clock);
  }
}

/** Reads slow files, and keeps in mind which of them did not answer. */
export class SlowReader {
  readonly #asker: PatientAsker<string>;
  readonly #clock: Clock;
  readonly #silent = new Map<string, 'late' | 'full'>();

  constructor(asker: PatientAsker<string>, clock: Clock) {
    this.#asker = asker;
    this.#clock = clock;
  }

  /** What did not answer in time, or was not asked because others do not: with either the collector has failed, though it tells the rest. */
  get silent(): ReadonlyMap<string, 'late' | 'full'> {
    return this.#silent;
  }

  /** The text without white space around it, or undefined where there is no such file, it cannot be read, or it does not answer. */
  async textIfAny(path: string): Promise<string | undefined> {
    try {
      const answer = await this.#asker.ask(path, 'file', () => textOf(path), this.#clock);
      if (typeof answer === 'object') return answer.value;
      this.#silent.set(path, answer);
    } catch {
      // Not there, or not for us.
    }
    return undefined;
  }

  async numberIfAny(path: string): Promise<number | undefined> {
    const text = await this.textIfAny(path);
    return text === undefined ? undefined : numberIn(text);
  }

  /** Those of a folder's files that can be read, by their names. */
  async textsIn(folder: string, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const texts = await Promise.all(names.map((name) => this.textIfAny(`${folder}/${name}`)));
    return new Map(
      names.flatMap((name, i): [string, string][] => {
        const text = texts[i];
        return text === undefined ? [] : [[name, text]];
      }),
    );
  }
}

async function textOf(path: string): Promise<string> {
  const file = await openFile(path, constants.O_RDONLY);
  try {
    let bytes: Buffer = Buffer.allocUnsafe(pageBytes);
    let length = 0;
    for (;;) {
      const { bytesRead } = await readFile(file, bytes, length, bytes.length - length, null);
      length += bytesRead;
      // A file of sysfs is told in one piece, but for one that is as long as a page can be.
      if (bytesRead === 0 || (length < pageBytes && length > 0)) break;
      if (length === bytes.length) bytes = grown(bytes, path);
    }
    return bytes.toString('utf8', 0, length).trim();
  } finally {
    await closeFile(file);
  }
}

function grown(full: Buffer, path: string): Buffer {
  if (full.length >= maxBytes) throw new RangeError(`${path} is larger than ${maxBytes} bytes`);
  return Buffer.concat([full], full.length * 2);
}
