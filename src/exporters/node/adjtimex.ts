import { type KoffiFunc, load } from 'koffi';
import { NoDataError } from './collector.ts';

/** What the kernel says of its clock; fields as in `struct timex`, in the units that it uses. */
export interface Timex {
  /** What the call returns: 5 (`TIME_ERROR`) where the clock is not synchronised. */
  readonly state: number;
  /** Microseconds, or nanoseconds where `status` has `STA_NANO`. */
  readonly offset: number;
  /** Parts per million, times 65,536. */
  readonly freq: number;
  /** Microseconds. */
  readonly maxerror: number;
  readonly esterror: number;
  readonly status: number;
  readonly constant: number;
  /** Microseconds. */
  readonly tick: number;
  readonly ppsfreq: number;
  /** As `offset`. */
  readonly jitter: number;
  readonly shift: number;
  readonly stabil: number;
  readonly jitcnt: number;
  readonly calcnt: number;
  readonly errcnt: number;
  readonly stbcnt: number;
  /** Seconds. */
  readonly tai: number;
}

/** Where `long` has 64 bits, the least significant first: the structure lies there as it is read below. */
const knownMachines = new Set(['x64', 'arm64', 'riscv64', 'loong64']);
const structBytes = 208;
type Adjtimex = KoffiFunc<(buffer: Buffer) => number>;
let call: Adjtimex | undefined;

/**
 * Asks the kernel for the state of its clock, and changes nothing: no right is needed for that. Node has no call of its own for it,
 * and no file tells it.
 *
 * Source: https://man7.org/linux/man-pages/man2/adjtimex.2.html
 * @throws {NoDataError} where the C library does not have it, or lays it out otherwise
 */
export function readTimex(): Timex {
  if (process.platform !== 'linux' || !knownMachines.has(process.arch))
    throw new NoDataError(`adjtimex is not called on ${process.platform} ${process.arch}`);
  // Zero in `modes`, its first field, is to read.
  const bytes = Buffer.alloc(structBytes);
  return timexOf(adjtimex()(bytes), bytes);
}

function adjtimex(): Adjtimex {
  try {
    call ??= load(null).func('int adjtimex(void *buffer)');
    return call;
  } catch (error) {
    throw new NoDataError('the C library of this process has no adjtimex', { cause: error });
  }
}

/** @param bytes `struct timex` of 64-bit Linux */
export function timexOf(state: number, bytes: Buffer): Timex {
  if (state < 0) throw new NoDataError('the kernel refuses adjtimex');
  const long = (at: number): number => Number(bytes.readBigInt64LE(at));
  return {
    state,
    ...{ offset: long(8), freq: long(16), maxerror: long(24), esterror: long(32) },
    ...{ status: bytes.readInt32LE(40), constant: long(48), tick: long(88) },
    ...{ ppsfreq: long(96), jitter: long(104), shift: bytes.readInt32LE(112), stabil: long(120) },
    ...{ jitcnt: long(128), calcnt: long(136), errcnt: long(144), stbcnt: long(152) },
    tai: bytes.readInt32LE(160),
  };
}
