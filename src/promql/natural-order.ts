const pieces = /\d+|\D+/g;

/** Order of texts in which runs of digits compare as numbers: `cpu2` before `cpu10`. */
export function naturalOrder(left: string, right: string): number {
  if (left === right) return 0;
  const leftPieces = left.match(pieces) ?? [];
  const rightPieces = right.match(pieces) ?? [];
  const shared = Math.min(leftPieces.length, rightPieces.length);
  for (let i = 0; i < shared; i++) {
    const order = comparePieces(leftPieces[i] ?? '', rightPieces[i] ?? '');
    if (order !== 0) return order;
  }
  return leftPieces.length - rightPieces.length || (left < right ? -1 : 1);
}

function comparePieces(left: string, right: string): number {
  if (/^\d/.test(left) && /^\d/.test(right)) {
    const leftDigits = left.replace(/^0+(?=\d)/, '');
    const rightDigits = right.replace(/^0+(?=\d)/, '');
    if (leftDigits.length !== rightDigits.length) return leftDigits.length - rightDigits.length;
    if (leftDigits !== rightDigits) return leftDigits < rightDigits ? -1 : 1;
    return 0;
  }
  return left === right ? 0 : left < right ? -1 : 1;
}
