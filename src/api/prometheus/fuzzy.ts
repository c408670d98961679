/** How well a text fits what is looked for: 0 not at all, 1 as well as can be. */
export type Score = (text: string) => number;

/**
 * Fits texts that begin with the term (1), that have it inside (0.9), or that resemble it by Jaro and Winkler.
 *
 * Source: W. E. Winkler, "String Comparator Metrics and Enhanced Decision Rules in the Fellegi-Sunter Model of Record Linkage", 1990
 */
export function resemblance(term: string): Score {
  return (text) => {
    if (text.startsWith(term)) return 1;
    return text.includes(term) ? 0.9 : jaroWinkler(term, text);
  };
}

/**
 * Fits texts that have all letters of the term in its order; the fewer and longer the pieces in which they stand there, the better.
 * Texts that begin with the term fit best.
 */
export function subsequence(term: string): Score {
  return (text) => {
    if (text.startsWith(term)) return 1;
    let best = 0;
    for (let from = text.indexOf(term[0] ?? ''); from >= 0; from = text.indexOf(term[0] ?? '', from + 1)) {
      const score = scoreFrom(term, text, from);
      if (score === undefined) break;
      best = Math.max(best, score);
    }
    return best;
  };
}

/** Of the letters found one after the other from a place on; undefined when not all are there. */
function scoreFrom(term: string, text: string, from: number): number | undefined {
  let squares = 0;
  let gaps = 0;
  let run = 0;
  let at = from;
  for (const letter of term) {
    const next = text.indexOf(letter, at);
    if (next < 0) return undefined;
    if (next > at) {
      squares += run * run;
      gaps += next - at;
      run = 0;
    }
    run += letter.length;
    at = next + letter.length;
  }
  squares += run * run;
  const rest = (from + text.length - at) / 2;
  const score = (squares - (gaps + rest) / text.length) / (term.length * term.length);
  // It is there, however scattered.
  return Math.min(0.99, Math.max(0.01, score));
}

function jaroWinkler(left: string, right: string): number {
  const jaro = jaroOf(left, right);
  let prefix = 0;
  while (prefix < 4 && prefix < left.length && left[prefix] === right[prefix]) prefix++;
  return jaro + prefix * 0.1 * (1 - jaro);
}

function jaroOf(left: string, right: string): number {
  const reach = Math.max(0, Math.floor(Math.max(left.length, right.length) / 2) - 1);
  const taken = new Uint8Array(right.length);
  const matched: string[] = [];
  for (let i = 0; i < left.length; i++) {
    for (let k = Math.max(0, i - reach); k < Math.min(right.length, i + reach + 1); k++) {
      if (taken[k] === 1 || left[i] !== right[k]) continue;
      taken[k] = 1;
      matched.push(left[i] as string);
      break;
    }
  }
  const count = matched.length;
  if (count === 0) return 0;
  const others = [...right].filter((_, k) => taken[k] === 1);
  const moved = matched.filter((letter, i) => letter !== others[i]).length / 2;
  return (count / left.length + count / right.length + (count - moved) / count) / 3;
}
