import { AppError } from '../kit/app-error.ts';

/** What was found is no image that can be read: a digest that is another, a broken manifest or archive, an unknown media type. */
export class ImageError extends AppError {
  readonly code = 'BAD_IMAGE';
}

/** A registry answered, but not with what was asked for, or did not answer in time. */
export class RegistryError extends AppError {
  readonly code = 'REGISTRY';
  /** 0 where there was no answer. */
  readonly status: number;

  constructor(message: string, status: number, options?: { cause?: unknown }) {
    super(message, options);
    this.status = status;
  }
}

/** The registry does not give this image to these credentials, or to nobody. */
export class RegistryDeniedError extends AppError {
  readonly code = 'REGISTRY_DENIED';
}

/** The registry wants to be left alone for a while; nothing is asked of it before. */
export class RegistryBusyError extends AppError {
  readonly code = 'REGISTRY_BUSY';
  /** Unix ms. */
  readonly untilMs: number;

  constructor(message: string, untilMs: number) {
    super(message);
    this.untilMs = untilMs;
  }
}
