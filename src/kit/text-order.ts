/**
 * Compares texts by their UTF-8 bytes, as Go does. JavaScript compares UTF-16 units, whose order differs where one text has a
 * character beyond the basic plane and the other one near its end.
 */
export function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return x >= 0xd800 && y >= 0xd800 ? inOrder(x) - inOrder(y) : x - y;
  }
  return a.length - b.length;
}

/** Surrogates stand for characters above all others. */
function inOrder(unit: number): number {
  return unit <= 0xdfff ? unit + 0x2000 : unit;
}
