/** Fields of one stanza by their names in lower case. Lines of a value that goes on are joined by `\n`, without their indent. */
export type Stanza = ReadonlyMap<string, string>;

/**
 * Stanzas of `Name: value` lines, set apart by empty lines: Debian's control files, `METADATA` of Python, `DESCRIPTION` of R.
 * Lines that are neither are passed over.
 *
 * Source: https://www.debian.org/doc/debian-policy/ch-controlfields.html#syntax-of-control-files
 */
export function stanzasOf(text: string): Stanza[] {
  const stanzas = text.split(/\n(?:[ \t\r]*\n)+/).map(stanzaOf);
  return stanzas.filter((stanza) => stanza.size > 0);
}

function stanzaOf(text: string): Stanza {
  const fields = new Map<string, string>();
  let name = '';
  for (const line of text.split('\n')) {
    const isContinued = line.startsWith(' ') || line.startsWith('\t');
    const colon = line.indexOf(':');
    if (isContinued && name !== '') fields.set(name, `${fields.get(name) ?? ''}\n${line.trim()}`);
    else if (!isContinued && colon > 0) {
      name = line.slice(0, colon).trim().toLowerCase();
      fields.set(name, line.slice(colon + 1).trim());
    }
  }
  return fields;
}
