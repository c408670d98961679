import type { NewAlert } from '../alerting/views.ts';
import type { ExceptionBook } from '../api/skopos/source.ts';
import { ExceptionStore } from '../findings/exceptions/exception-store.ts';
import type { Database } from '../store/database.ts';
import { type ExceptionBookOptions, exceptionBook, exceptionNotices } from './exception-book.ts';
import { Exceptions, type ExceptionsOptions } from './exceptions.ts';

type Deps = Omit<ExceptionsOptions, 'kept' | 'look' | 'around'> &
  Omit<ExceptionBookOptions, 'kept' | 'exceptions' | 'around'> & {
    readonly db: Database;
    readonly cluster: string;
    readonly frameworks: readonly { readonly name: string; readonly controls: readonly string[] }[];
    /** Told of exceptions that end soon. */
    readonly tell: (notices: readonly NewAlert[]) => void;
  };

/** Exceptions of posture: kept, in force, as a list, and with notice before they end. */
export function createExceptions(deps: Deps): {
  readonly exceptions: Exceptions;
  readonly book: ExceptionBook;
} {
  const { db, clock, cluster, frameworks, tell } = deps;
  const kept = new ExceptionStore(db, clock);
  const around = {
    cluster,
    frameworksOf: (id: string) =>
      frameworks.filter(({ controls }) => controls.includes(id)).map(({ name }) => name),
  };
  const exceptions = new Exceptions({
    ...deps,
    kept,
    around,
    look() {
      const notices = exceptionNotices(book, clock.now());
      if (notices.length > 0) tell(notices);
    },
  });
  const book = exceptionBook({ ...deps, kept, exceptions, around });
  return { exceptions, book };
}
