import { keepHeapSmall, roomForWork } from './roles/heap.ts';

// The heap is told its size before all else is loaded.
keepHeapSmall();
const { runCommandLine } = await import('./cli/run.ts');
roomForWork();
await runCommandLine();
