const powers = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

/** As many digits as a double holds exactly. */
const mostMantissa = 2 ** 53;

const word = /^[+-]?(?:inf(?:inity)?|nan)$/i;
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * A number as expositions write it, from `from` to `to`; undefined when it is none. Short decimals, which nearly all are, cost
 * no text; the others are read by their text: Go's numbers without hexadecimal ones and underscores,
 * as in Prometheus.
 */
export function readNumber(body: Buffer, from: number, to: number): number | undefined {
  let i = from;
  const first = body[i];
  const isNegative = first === 45;
  if (isNegative || first === 43) i++;
  let mantissa = 0;
  let digits = 0;
  let scale = 0;
  for (; i < to; i++) {
    const digit = (body[i] as number) - 48;
    if (digit < 0 || digit > 9) break;
    mantissa = mantissa * 10 + digit;
    digits++;
  }
  if (i < to && body[i] === 46) {
    for (i++; i < to; i++) {
      const digit = (body[i] as number) - 48;
      if (digit < 0 || digit > 9) break;
      mantissa = mantissa * 10 + digit;
      digits++;
      scale++;
    }
  }
  // Mantissa and power are exact, so that one division rounds as it should.
  if (i === to && digits > 0 && mantissa < mostMantissa && scale < powers.length) {
    const value = scale === 0 ? mantissa : mantissa / (powers[scale] as number);
    return isNegative ? -value : value;
  }
  return readSlowly(body.toString('latin1', from, to));
}

/** @returns undefined when `text` is no number. */
export function readSlowly(text: string): number | undefined {
  if (decimal.test(text)) return Number(text);
  if (!word.test(text)) return undefined;
  if (/nan$/i.test(text)) return Number.NaN;
  return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
