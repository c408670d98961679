import { writeSync } from 'node:fs';
import type { LogLevel } from './logger.ts';

const levels = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, silent: 100 } as const;

/** The lines of {@link createLogger} without what it is made of, for a process that has no memory for that. */
export interface LineLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** @param write what takes a line; standard error when left out */
export function createLineLog(
  level: LogLevel,
  write: (line: string) => void = (line) => void writeSync(2, line),
): LineLog {
  const at = (name: 'debug' | 'info' | 'warn' | 'error') => (fields: object, msg: string) => {
    if (levels[name] < levels[level]) return;
    const time = new Date().toISOString();
    write(`${JSON.stringify({ level: levels[name], time, ...fields, msg }, errorsAsText)}\n`);
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** An error has no fields of its own to show. */
function errorsAsText(_key: string, value: unknown): unknown {
  return value instanceof Error ? { type: value.name, message: value.message, stack: value.stack } : value;
}
