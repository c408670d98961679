const realNumber = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const specialNumber = /^(?:([+-]?)inf(?:inity)?|nan)$/i;

/** Whether a text is a finite number as the format writes it: no hexadecimals, no underscores. */
export function isRealNumber(text: string): boolean {
  return realNumber.test(text);
}

/** A number, an infinity or NaN; undefined for a text that is none of them. */
export function readNumber(text: string): number | undefined {
  if (realNumber.test(text)) return Number(text);
  const special = specialNumber.exec(text);
  if (special === null) return undefined;
  if (special[1] === undefined) return Number.NaN;
  return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
