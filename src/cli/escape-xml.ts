const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
};

/** XML 1.0 has no way to write most control characters, so they are left out. */
export function escapeXml(text: string): string {
  return [...text]
    .filter((char) => char >= ' ' || char === '\n' || char === '\t')
    .filter((char) => !/[\uD800-\uDFFF\uFFFE\uFFFF]/.test(char) || char.length === 2)
    .map((char) => entities[char] ?? char)
    .join('');
}
