import { AppError } from '../../kit/app-error.ts';
import type { Endpoint } from './endpoints.ts';

/** A blob of the first place that has it; once bytes came of one, it is that one. */
export async function* firstThatHas(
  endpoints: readonly Endpoint[],
  open: (endpoint: Endpoint) => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for (const [i, endpoint] of endpoints.entries()) {
    let hasBegun = false;
    try {
      for await (const piece of open(endpoint)) {
        hasBegun = true;
        yield piece;
      }
      return;
    } catch (error) {
      if (hasBegun || i === endpoints.length - 1 || !(error instanceof AppError)) throw error;
    }
  }
}
