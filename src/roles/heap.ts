import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString } from 'node:v8';

/** Of the space for new objects, both halves together. More made a start no faster (figures in bench/README.md). */
const newSpaceBytes = 8 * 1024 * 1024;
/** By how much the rest may grow, of what is alive in it, before it is collected; a small heap by more, as collecting it costs nearly as much. */
const growingPercent = 30;
const growsByBytes = 32 * 1024 * 1024;
const maxGrowingPercent = 100;

/**
 * V8 lets a heap grow to four times what is alive in it, and the space for new objects to 32 MiB. What is alive here hardly
 * changes after a start, so that most of this would be held for nothing. To be called before the program is loaded, as loading
 * it makes the space for new objects grow already; {@link roomForWork} follows when that is done.
 */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${growingPercent}`);
  // For the heaps of threads, which cannot grow theirs under the factor of this one.
  setFlagsFromString(`--min-semi-space-size=${newSpaceBytes / 2 / 1024 / 1024}`);
  growNewSpaceBy(1);
}

/**
 * For the process on each node, which does little and must not take much: nothing is compiled but what runs, and that to bytecode
 * alone. It makes 20 MiB less of it and takes no more time, as there is nothing that runs often (figures in bench/README.md).
 */
export function keepProcessSmall(): void {
  for (const flag of ['--optimize-for-size', '--no-opt', '--max-lazy', '--regexp-interpret-all'])
    setFlagsFromString(flag);
  growNewSpaceBy(1);
}

/**
 * Lets the space for new objects grow to {@link newSpaceBytes}, now and whenever V8 has made it smaller while there was little to do,
 * and the others by {@link growsByBytes} while they are small.
 */
export function roomForWork(): void {
  let factor = 0;
  let percent = growingPercent;
  const update = (): void => {
    const wanted = Math.round((growsByBytes / getHeapStatistics().used_heap_size) * 10) * 10;
    const growing = Math.min(maxGrowingPercent, Math.max(growingPercent, wanted));
    if (growing !== percent) {
      percent = growing;
      setFlagsFromString(`--heap-growing-percent=${percent}`);
    }
    const next = newSpaceBytes / sizeOfNewSpace();
    if (next === factor) return;
    factor = next;
    growNewSpaceBy(factor);
  };
  new PerformanceObserver(update).observe({ entryTypes: ['gc'] });
  update();
  // The heap of a thread sets the factor back to two while it is made.
  process.on('worker', (worker) => worker.once('online', () => growNewSpaceBy(factor)));
}

/** V8 reads its sizes when it starts, but this factor at each growth. */
function growNewSpaceBy(factor: number): void {
  setFlagsFromString(`--semi-space-growth-factor=${Math.max(1, Math.floor(factor))}`);
}

function sizeOfNewSpace(): number {
  return (
    getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? newSpaceBytes
  );
}
