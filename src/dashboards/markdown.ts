/** Text with marks: what a sentence of Markdown is made of. */
export type Inline =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: 'strong' | 'em'; readonly inner: readonly Inline[] }
  | { readonly kind: 'link'; readonly url: string; readonly inner: readonly Inline[] };

export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly inner: readonly Inline[] }
  | { readonly kind: 'paragraph'; readonly inner: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'list'; readonly isOrdered: boolean; readonly items: readonly (readonly Inline[])[] }
  | { readonly kind: 'quote'; readonly inner: readonly Inline[] }
  | { readonly kind: 'rule' }
  | {
      readonly kind: 'table';
      readonly head: readonly (readonly Inline[])[];
      readonly rows: readonly (readonly (readonly Inline[])[])[];
    };

/** Longer texts are cut: a panel is no book. */
const longest = 20_000;

/**
 * The Markdown that text panels are written in. HTML is text like any other, so that nothing of it reaches the page; links lead only to
 * the web, by mail, or within the application.
 */
export function parseMarkdown(text: string): Block[] {
  const lines = text.slice(0, longest).replaceAll('\r\n', '\n').split('\n');
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const [block, next] = blockAt(lines, at);
    if (block !== undefined) blocks.push(block);
    at = Math.max(next, at + 1);
  }
  return blocks;
}

function blockAt(lines: readonly string[], at: number): [block: Block | undefined, next: number] {
  const line = lines[at] ?? '';
  if (line.trim() === '') return [undefined, at + 1];
  if (/^ {0,3}```/.test(line)) return fenced(lines, at);
  const heading = /^ {0,3}(#{1,6})\s+(.*?)\s*#*$/.exec(line);
  if (heading !== null)
    return [{ kind: 'heading', level: heading[1]?.length ?? 1, inner: inlineOf(heading[2] ?? '') }, at + 1];
  if (/^ {0,3}([-*_])( *\1){2,} *$/.test(line)) return [{ kind: 'rule' }, at + 1];
  if (bullet.test(line) || numbered.test(line)) return list(lines, at);
  if (/^ {0,3}>/.test(line)) {
    const [taken, next] = whileLines(lines, at, (each) => /^ {0,3}>/.test(each));
    return [
      { kind: 'quote', inner: inlineOf(taken.map((each) => each.replace(/^ {0,3}> ?/, '')).join(' ')) },
      next,
    ];
  }
  if (
    line.includes('|') &&
    /^[\s|:-]*-[\s|:-]*$/.test(lines[at + 1] ?? '') &&
    (lines[at + 1] ?? '').includes('|')
  )
    return table(lines, at);
  const [taken, next] = whileLines(lines, at, isPlain);
  return [{ kind: 'paragraph', inner: inlineOf(taken.map((each) => each.trim()).join(' ')) }, next];
}

const bullet = /^\s*[-*+]\s+(?=\S)/;
const numbered = /^\s*\d{1,9}[.)]\s+(?=\S)/;

function isPlain(line: string): boolean {
  return (
    line.trim() !== '' && !/^ {0,3}(```|#{1,6}\s|>)/.test(line) && !bullet.test(line) && !numbered.test(line)
  );
}

function whileLines(
  lines: readonly string[],
  from: number,
  isOne: (line: string) => boolean,
): [taken: string[], next: number] {
  let next = from;
  while (next < lines.length && isOne(lines[next] ?? '')) next++;
  return [lines.slice(from, Math.max(next, from + 1)), Math.max(next, from + 1)];
}

function fenced(lines: readonly string[], at: number): [Block, number] {
  let next = at + 1;
  while (next < lines.length && !/^ {0,3}```\s*$/.test(lines[next] ?? '')) next++;
  return [{ kind: 'code', text: lines.slice(at + 1, next).join('\n') }, next + 1];
}

function list(lines: readonly string[], at: number): [Block, number] {
  const form = bullet.test(lines[at] ?? '') ? bullet : numbered;
  const items: string[] = [];
  let next = at;
  for (; next < lines.length; next++) {
    const line = lines[next] ?? '';
    if (form.test(line)) items.push(line.replace(form, ''));
    else if (/^\s+\S/.test(line) && items.length > 0) items.push(`${items.pop()} ${line.trim()}`);
    else break;
  }
  return [{ kind: 'list', isOrdered: form === numbered, items: items.map(inlineOf) }, next];
}

function table(lines: readonly string[], at: number): [Block, number] {
  const [rows, next] = whileLines(lines, at + 2, (line) => line.includes('|'));
  const isThere = (lines[at + 2] ?? '').includes('|');
  return [
    { kind: 'table', head: cells(lines[at] ?? ''), rows: isThere ? rows.map(cells) : [] },
    isThere ? next : at + 2,
  ];
}

function cells(line: string): Inline[][] {
  return line
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => inlineOf(cell.trim()));
}

/** Code, links, strong and emphasised words; each form takes the shortest that ends it, so that no text is slow. */
const marks =
  /`([^`]+)`|\[([^[\]]{1,500})\]\(([^()\s]{1,2000})\)|\*\*([^*]+)\*\*|__([^_]+)__|\*([^*\s][^*]*)\*|<(https?:\/\/[^<>\s]+)>/;

function inlineOf(text: string): Inline[] {
  const parts: Inline[] = [];
  let rest = text;
  for (let match = marks.exec(rest); match !== null; match = marks.exec(rest)) {
    if (match.index > 0) parts.push({ kind: 'text', text: rest.slice(0, match.index) });
    parts.push(markOf(match));
    rest = rest.slice(match.index + match[0].length);
  }
  if (rest !== '') parts.push({ kind: 'text', text: rest });
  return parts;
}

function markOf([whole, code, label, url, strong, strongToo, em, bareUrl]: RegExpExecArray): Inline {
  if (code !== undefined) return { kind: 'code', text: code };
  if (bareUrl !== undefined) return { kind: 'link', url: bareUrl, inner: [{ kind: 'text', text: bareUrl }] };
  if (label !== undefined && url !== undefined)
    return isSafeUrl(url) ? { kind: 'link', url, inner: inlineOf(label) } : { kind: 'text', text: whole };
  const bold = strong ?? strongToo;
  if (bold !== undefined) return { kind: 'strong', inner: inlineOf(bold) };
  return { kind: 'em', inner: inlineOf(em ?? '') };
}

/** Whether a link may be followed: the web, mail, or an address without a scheme. */
export function isSafeUrl(url: string): boolean {
  const trimmed = url.trim();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: browsers pass over them, so that they could hide a scheme
  if (/[\u0000-\u001f]/.test(trimmed)) return false;
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(trimmed)?.[1]?.toLowerCase();
  return scheme === undefined || scheme === 'http' || scheme === 'https' || scheme === 'mailto';
}
