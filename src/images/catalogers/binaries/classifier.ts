import { latin1Of } from '../text.ts';

/** How a program is known by its contents: a text that stands near its version. */
export interface Classifier {
  /** What the file may be called, without its folder. */
  readonly file: RegExp;
  /** The package's name. */
  readonly name: string;
  /** Of its package URL: `generic`, when left out. */
  readonly purl?: { readonly type: string; readonly namespace: string };
  /** Vendors and products in the vulnerability database. */
  readonly cpes: readonly (readonly [vendor: string, product: string])[];
  /** Whether the file's name has the version's first two numbers (`python3.11`), so that others in it are of something else. */
  readonly isNamedByVersion?: boolean;
  /** Tried in turn; the first that gives a version counts. */
  readonly evidence: readonly Evidence[];
}

/** A text that is looked for, and the version in the characters around it. */
export interface Evidence {
  readonly near: string;
  /** How many characters before and after the text belong to the window; 0 and 120 when not told. */
  readonly before?: number;
  readonly after?: number;
  /** Group 1 is the version. It sees the window only, and must not be of a kind that takes longer than that. */
  readonly pattern: RegExp;
}

/** A text stands in a program once or a few times; where it is everywhere it tells nothing. */
const maxPlaces = 2000;

/** The version that a program tells, or undefined when it is another program of the same name. */
export function versionIn(content: Uint8Array, file: string, classifier: Classifier): string | undefined {
  const start = classifier.isNamedByVersion ? `${/\d+\.\d+/.exec(file)?.[0] ?? ''}.` : '';
  const buffer = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  for (const { near, pattern, before = 0, after = 120 } of classifier.evidence) {
    const text = Buffer.from(near, 'latin1');
    let at = buffer.indexOf(text);
    for (let place = 0; at >= 0 && place < maxPlaces; place++) {
      const window = buffer.subarray(Math.max(at - before, 0), at + text.length + after);
      const version = pattern.exec(latin1Of(window))?.[1];
      if (version?.startsWith(start) && version.length <= 60) return version;
      at = buffer.indexOf(text, at + 1);
    }
  }
  return undefined;
}
