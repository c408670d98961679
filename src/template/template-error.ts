import { AppError } from '../kit/app-error.ts';

/** Where in a template something is wrong. */
export interface TemplatePlace {
  /** Name of the template (the file's, for one that came from a file); '' for a bare text. */
  readonly template: string;
  /** Counted from 1. */
  readonly line: number;
  /** Bytes before it on its line, as Go counts; undefined where only the line is known. */
  readonly column?: number | undefined;
}

/** A template that does not parse, or that failed while it ran. The message is Go's. */
export class TemplateError extends AppError {
  readonly code = 'TEMPLATE';
  readonly template: string;
  readonly line: number;
  readonly column: number | undefined;

  constructor(message: string, place: TemplatePlace, options?: { cause?: unknown }) {
    super(message, options);
    this.template = place.template;
    this.line = place.line;
    this.column = place.column;
  }
}
