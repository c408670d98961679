import { compareDigits, compareTexts, isDigits, type VersionScheme } from './scheme.ts';

/**
 * Maven's: numbers, words with a known order, and dashes that begin a part of their own.
 *
 * Source: https://maven.apache.org/pom.html#version-order-specification
 */
export const maven: VersionScheme = {
  name: 'maven',
  compare: (left, right) => compareItems(parsed(left), parsed(right)),
  // Some artifacts name the runtime they were made for behind their version (12.10.2.jre11): advisories are for all of them.
  compareToBound: (version, bound) => maven.compare(withoutRuntime(version), withoutRuntime(bound)),
};

function withoutRuntime(text: string): string {
  return text.replace(/\.(?:jre|jdk)\d+$/i, '');
}

type Item = string | List;
interface List {
  readonly items: Item[];
}

const qualifiers = ['alpha', 'beta', 'milestone', 'rc', 'snapshot', '', 'sp'];
const aliases = new Map(Object.entries({ ga: '', final: '', release: '', cr: 'rc' }));
/** What a letter right before a number stands for. */
const short = new Map(Object.entries({ a: 'alpha', b: 'beta', m: 'milestone' }));

function parsed(text: string): List {
  const version = text.trim().toLowerCase();
  const root: List = { items: [] };
  let list = root;
  const stack = [root];
  let start = 0;
  let isDigit = false;
  const open = () => {
    const inner: List = { items: [] };
    list.items.push(inner);
    list = inner;
    stack.push(inner);
  };
  for (let i = 0; i < version.length; i++) {
    const char = version.charAt(i);
    if (char === '.') {
      list.items.push(i === start ? '0' : itemOf(version.slice(start, i), isDigit));
      start = i + 1;
    } else if (char === '-') {
      list.items.push(i === start ? '0' : itemOf(version.slice(start, i), isDigit));
      start = i + 1;
      open();
    } else if (isDigits(char)) {
      if (!isDigit && i > start) {
        list.items.push(wordOf(version.slice(start, i), true));
        start = i;
        open();
      }
      isDigit = true;
    } else {
      if (isDigit && i > start) {
        list.items.push(version.slice(start, i));
        start = i;
        open();
      }
      isDigit = false;
    }
  }
  if (version.length > start) list.items.push(itemOf(version.slice(start), isDigit));
  for (const one of stack.reverse()) normalize(one);
  return root;
}

function itemOf(text: string, isDigit: boolean): string {
  return isDigit ? text : wordOf(text, false);
}

function wordOf(text: string, isBeforeDigit: boolean): string {
  const word = (isBeforeDigit ? short.get(text) : undefined) ?? text;
  return aliases.get(word) ?? word;
}

/** Takes from the end what says nothing: zeros, releases, empty parts, up to what says something. */
function normalize(list: List): void {
  for (let i = list.items.length - 1; i >= 0; i--) {
    const item = list.items[i];
    if (item !== undefined && isNull(item)) list.items.splice(i, 1);
    else if (typeof item === 'string') break;
  }
}

function isNull(item: Item): boolean {
  if (typeof item !== 'string') return item.items.length === 0;
  return item === '' || /^0+$/.test(item);
}

function compareItems(left: List, right: List): number {
  for (let i = 0; i < Math.max(left.items.length, right.items.length); i++) {
    const [a, b] = [left.items[i], right.items[i]];
    const order = a === undefined ? -compareItem(b ?? '', undefined) : compareItem(a, b);
    if (order !== 0) return order;
  }
  return 0;
}

function compareItem(item: Item, other: Item | undefined): number {
  if (typeof item !== 'string') return compareList(item, other);
  if (isDigits(item)) {
    if (other === undefined) return /^0+$/.test(item) ? 0 : 1;
    return typeof other === 'string' && isDigits(other) ? compareDigits(item, other) : 1;
  }
  if (other === undefined) return compareWords(item, '');
  if (typeof other !== 'string') return -1;
  return isDigits(other) ? -1 : compareWords(item, other);
}

function compareList(list: List, other: Item | undefined): number {
  if (other === undefined) {
    for (const item of list.items) {
      const order = compareItem(item, undefined);
      if (order !== 0) return order;
    }
    return 0;
  }
  if (typeof other !== 'string') return compareItems(list, other);
  // A part of its own comes before a number and after a word.
  return isDigits(other) ? -1 : 1;
}

/** Words that are not known come after those that are, in order of their letters. */
function compareWords(left: string, right: string): number {
  return compareTexts(comparable(left), comparable(right));
}

function comparable(word: string): string {
  const at = qualifiers.indexOf(word);
  return at < 0 ? `${qualifiers.length}-${word}` : String(at);
}
