/** What moves a cursor, colours, hides or turns around text: names in images are written by strangers. */
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A text for one line of a terminal: characters that are no text are told by their numbers, line ends too. */
export function inOneLine(text: string): string {
  return text.replace(hidden, numbered);
}

/** The same for a text of several lines. */
export function printable(text: string): string {
  return text.replace(hidden, (char) => (char === '\n' || char === '\t' ? char : numbered(char)));
}

function numbered(char: string): string {
  return `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;
}
