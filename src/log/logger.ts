import { type Logger as PinoLogger, pino } from 'pino';

/** JSON lines on standard error; fields first, a static lower-case message last. */
export type Logger = PinoLogger;

/** From the most talkative to none. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

export type LogLevel = (typeof logLevels)[number];

export function createLogger(level: LogLevel): Logger {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  );
}

/** For tests. */
export const silentLogger: Logger = pino({ enabled: false });
