/**
 * A template tag for the YAML in a control's examples: the indentation of the source file and the line breaks at both
 * ends are taken away, so that the text reads as a manifest of its own.
 */
export function yaml(strings: TemplateStringsArray): string {
  const lines = strings
    .join('')
    .replace(/^\s*\n|\n\s*$/g, '')
    .split('\n');
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/));
  const common = Math.min(...indents);
  return lines.map((line) => line.slice(common)).join('\n');
}
