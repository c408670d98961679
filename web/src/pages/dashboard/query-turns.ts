import { Places } from '../../../../src/kit/places.ts';

/** At most so many queries of a dashboard are asked at once; the others wait, and those whose range has changed never ask. */
const turns = new Places(6);

/** Runs `ask` when its turn comes. @throws what `ask` throws, and the signal's reason when it aborts before. */
export async function inTurn<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  const leave = await turns.enter(signal);
  try {
    return await ask();
  } finally {
    leave();
  }
}
