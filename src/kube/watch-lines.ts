import { messageOf, UnavailableError } from '../kit/app-error.ts';
import type { KubeObject } from '../model/object.ts';
import { KubeError } from './kube-error.ts';

export interface WatchEvent {
  readonly type: 'put' | 'delete';
  readonly object: KubeObject;
  /** Length of its text. */
  readonly bytes: number;
}

/** What lines of a watch said, up to the first that is an error. */
export interface ReadLines {
  readonly events: readonly WatchEvent[];
  /** Of the last object or bookmark among them. */
  readonly version?: string;
  /** What the line after them was: the server's word that the watch ends, or nothing that can be read. */
  readonly error?: Error;
}

interface StatusJson {
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
}

/**
 * Reads whole lines of a watch. What stands before a bad line counts, so that nothing is passed over.
 *
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export function readWatchLines(lines: readonly string[], what: string): ReadLines {
  const events: WatchEvent[] = [];
  let version: string | undefined;
  for (const line of lines) {
    const said = readLine(line, what);
    if (said instanceof Error) return { events, ...(version === undefined ? {} : { version }), error: said };
    const { type, object } = said;
    version = object.metadata.resourceVersion ?? version;
    if (type === 'ADDED' || type === 'MODIFIED') events.push({ type: 'put', object, bytes: line.length });
    else if (type === 'DELETED') events.push({ type: 'delete', object, bytes: line.length });
  }
  return { events, ...(version === undefined ? {} : { version }) };
}

function readLine(
  line: string,
  what: string,
): { readonly type: string; readonly object: KubeObject } | Error {
  let said: { readonly type?: unknown; readonly object?: KubeObject };
  try {
    said = JSON.parse(line) as typeof said;
  } catch (error) {
    return new UnavailableError(`the watch of ${what} sent what is no JSON: ${messageOf(error)}`);
  }
  const { type, object } = said ?? {};
  if (type === 'ERROR') {
    const { code = 500, reason = '', message = 'no explanation' } = (object ?? {}) as StatusJson;
    return new KubeError(code, reason, `the watch of ${what} failed: ${message}`);
  }
  if (typeof type !== 'string' || typeof object?.metadata !== 'object' || object.metadata === null)
    return new UnavailableError(`the watch of ${what} sent what is no event`);
  return { type, object };
}
