import { gauge } from '../build-family.ts';
import type { CreateCollector } from '../collector.ts';
import { readNumber } from '../host-files.ts';

/** Source: https://man7.org/linux/man-pages/man4/random.4.html */
export const entropy: CreateCollector = () => ({
  name: 'entropy',
  collect({ roots }) {
    const folder = `${roots.procfs}/sys/kernel/random`;
    return [
      gauge('node_entropy_available_bits', 'Bits of available entropy.').add(
        readNumber(`${folder}/entropy_avail`),
      ),
      gauge('node_entropy_pool_size_bits', 'Bits of entropy pool.').add(readNumber(`${folder}/poolsize`)),
    ];
  },
});
