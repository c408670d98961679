import { keepHeapSmall, keepProcessSmall, roomForWork } from './roles/heap.ts';

const isNodeProcess = process.argv[2] === 'node';

// The heap is told its size before all else is loaded.
if (isNodeProcess) keepProcessSmall();
else keepHeapSmall();
const { runCommandLine } = await import('./cli/run.ts');
if (!isNodeProcess) roomForWork();
await runCommandLine();
