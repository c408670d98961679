const most = 20_000;

/**
 * The same function, which remembers what it gave for a text: bounds of advisories and versions of packages come again and again.
 * What it throws is not remembered.
 */
export function remembered<Result>(parse: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
    const found = known.get(text);
    // Undefined may be an answer, too.
    if (found !== undefined || known.has(text)) return found as Result;
    const result = parse(text);
    if (known.size >= most) known.clear();
    known.set(text, result);
    return result;
  };
}
