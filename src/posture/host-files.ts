import { hostGap } from '../model/host.ts';
import type { KubeObject } from '../model/object.ts';
import { dig } from './cloud.ts';
import type { Breach, Check } from './control.ts';
import { itemsOf } from './pod-spec.ts';

/** Where nodes report a file, or a list of files, of theirs: `APIServerInfo.specsFile` inside of `data`. */
export interface FilePlace {
  readonly kind: 'ControlPlaneInfo' | 'KubeletInfo' | 'KubeProxyInfo' | 'CNIInfo';
  readonly field: string;
  /** Of a list, only files whose path ends so. */
  readonly suffix?: string;
}

/** A file as the host scanner reports it. Source: https://github.com/kubescape/host-scanner, `FileInfo`. */
interface HostFile {
  readonly path?: unknown;
  /** The mode as a number: 420 is 0644. */
  readonly permissions?: unknown;
  readonly ownership?: unknown;
}

interface FoundFile {
  readonly file: HostFile;
  /** `data.serviceFiles[0]` */
  readonly at: string;
  /** `data` with nothing but the file. */
  readonly alone: unknown;
}

/** The files may have no more rights than the mode: `0o600`. Nodes that report no such file are not what it is about. */
export function fileModeCheck(rule: string, place: FilePlace, mode: number): Check {
  return fileCheck(rule, [place], {
    gap: ({ file, at }) =>
      typeof file.permissions === 'number' ? undefined : `${at}.permissions is not reported`,
    breach({ file, at }) {
      const { permissions } = file;
      if (typeof permissions !== 'number' || (permissions & 0o7777 & ~mode) === 0) return undefined;
      const path = pathOf(file);
      return {
        message: `${path} has the mode ${octal(permissions)}, which is more than ${octal(mode)}`,
        fixCommand: `chmod ${mode.toString(8)} ${quoted(path)}`,
        shown: [{ path: `${at}.permissions`, value: octal(permissions) }],
      };
    },
  });
}

/** The files have to belong to root, or to what is `alsoFine`. */
export function fileOwnerCheck(
  rule: string,
  places: readonly FilePlace[],
  alsoFine: readonly string[] = [],
): Check {
  return fileCheck(rule, places, {
    gap: ({ file, at }) => (ownerOf(file) === undefined ? `${at}.ownership is not reported` : undefined),
    breach({ file, at }) {
      const owner = ownerOf(file);
      if (owner === undefined || owner === 'root:root' || alsoFine.includes(owner)) return undefined;
      const path = pathOf(file);
      return {
        message: `${path} belongs to ${owner} rather than root:root`,
        fixCommand: `chown root:root ${quoted(path)}`,
        shown: [{ path: `${at}.ownership`, value: owner }],
      };
    },
  });
}

interface FileJudgement {
  /** Why the file's state is not known. */
  gap(file: FoundFile): string | undefined;
  breach(file: FoundFile): Pick<Breach, 'message' | 'fixCommand' | 'shown'> | undefined;
}

function fileCheck(rule: string, places: readonly FilePlace[], { gap, breach }: FileJudgement): Check {
  const kinds = [...new Set(places.map(({ kind }) => kind))];
  const filesOf = (object: KubeObject) => places.flatMap((place) => filesAt(object, place));
  return {
    rule,
    kinds,
    needs: kinds,
    applies: (object) => filesOf(object).length > 0 || gapOf(object, places) !== undefined,
    unreadable: (object) =>
      filesOf(object)
        .map(gap)
        .find((reason) => reason !== undefined),
    judge(object) {
      const { apiVersion, kind, metadata } = object;
      const found = filesOf(object).flatMap((file): Breach[] => {
        const wrong = breach(file);
        if (wrong === undefined) return [];
        const external = { apiVersion, kind, metadata, data: file.alone };
        return [{ ...wrong, failedPaths: [], fixPaths: [], external }];
      });
      // Files that could be read may be at fault whatever the others are.
      const missed = gapOf(object, places);
      return missed === undefined ? found : [...found, { message: missed, unknown: true }];
    },
  };
}

/** Why some of the files are not known. */
function gapOf(object: KubeObject, places: readonly FilePlace[]): string | undefined {
  return places
    .filter(({ kind }) => kind === object.kind)
    .map(({ field }) => hostGap(object, field))
    .find((reason) => reason !== undefined);
}

function filesAt(object: KubeObject, { kind, field, suffix }: FilePlace): FoundFile[] {
  if (object.kind !== kind) return [];
  const steps = field.split('.');
  const value = dig(object['data'], ...steps);
  if (!Array.isArray(value)) {
    return isFields(value) ? [{ file: value, at: `data.${field}`, alone: nested(steps, value) }] : [];
  }
  return itemsOf(value as HostFile[]).flatMap(({ item, index }) => {
    if (suffix !== undefined && !(typeof item.path === 'string' && item.path.endsWith(suffix))) return [];
    return [{ file: item, at: `data.${field}[${index}]`, alone: nested(steps, [item]) }];
  });
}

function nested(steps: readonly string[], value: unknown): unknown {
  return steps.reduceRight((inner, step) => ({ [step]: inner }), value);
}

/** `user:group`; undefined when the scanner could not tell. */
function ownerOf({ ownership }: HostFile): string | undefined {
  const problem = dig(ownership, 'error');
  if (typeof problem === 'string' && problem !== '') return undefined;
  const user = nameOf(dig(ownership, 'username'), dig(ownership, 'uid'));
  const group = nameOf(dig(ownership, 'groupname'), dig(ownership, 'gid'));
  return user === undefined || group === undefined ? undefined : `${user}:${group}`;
}

/** Numbers that have no name on the node stand for themselves. */
function nameOf(name: unknown, id: unknown): string | undefined {
  if (typeof name === 'string' && name !== '') return name;
  if (typeof id !== 'number') return undefined;
  return id === 0 ? 'root' : String(id);
}

function pathOf({ path }: HostFile): string {
  return typeof path === 'string' ? path : 'a file without a path';
}

function octal(mode: number): string {
  return `0${(mode & 0o7777).toString(8)}`;
}

/** What a node reports may hold anything; the command is for people to paste. */
function quoted(path: string): string {
  return /^[\w./@:+-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

function isFields(value: unknown): value is HostFile {
  return typeof value === 'object' && value !== null;
}
