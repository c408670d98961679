import type { Package } from '../../model/package.ts';
import { type Cpe, parseCpe } from '../database/cpe.ts';
import { isTarget } from './cpe-target.ts';
import { type Findings, type Scene, together } from './hit.ts';
import { isUnknownVersion } from './judge-version.ts';
import { ruleOf } from './package-types.ts';
import { judge } from './search.ts';

/** A CPE to look for, and whether it is made of that of what the package was built from. */
interface WantedCpe {
  readonly text: string;
  readonly version: string;
  readonly isSource: boolean;
}

/** Vulnerabilities that are told for a package's CPEs: NVD's, above all. */
export function byCpe(found: Package, scene: Scene): Findings {
  const { matcher, scheme } = ruleOf(found.type);
  return together(
    wantedCpes(found).flatMap((wanted) => {
      const cpe = parseCpe(wanted.text);
      if (cpe === undefined) return [];
      const shown = versionOf(found, cpe, wanted.version);
      if (isUnknownVersion(shown)) return [];
      return [
        judge(found, scene, {
          name: cpe.product,
          kind: 'cpe-match',
          matcher,
          searchedFor: withVersion(wanted.text, shown),
          version: found.type === 'jvm' ? withUpdate(shown, cpe) : shown,
          scheme,
          isSource: wanted.isSource,
          affected: scene.data.byCpe('affected', cpe).filter((advisory) => isTarget(found, advisory)),
          keepsWithdrawn: false,
        }),
      ];
    }),
  );
}

/** The products that {@link byCpe} looks for. */
export function productsOf(found: Package): readonly string[] {
  return wantedCpes(found).flatMap(({ text }) => parseCpe(text)?.product ?? []);
}

/** A package of Alpine's is looked for by what it was built from, too: its CPEs with that name and version. */
function wantedCpes({ type, name, version, cpes, upstreams }: Package): readonly WantedCpe[] {
  const own = cpes.map((text) => ({ text, version, isSource: false }));
  if (type !== 'apk') return own;
  return [
    ...own,
    ...upstreams.flatMap((upstream) => {
      const ofUpstream = upstream.version ?? version;
      const texts = cpes.map((text) =>
        (upstream.version === undefined ? text : withVersion(text, upstream.version)).replaceAll(
          name,
          upstream.name,
        ),
      );
      return [...new Set(texts)].map((text) => ({ text, version: ofUpstream, isSource: true }));
    }),
  ];
}

/** The CPE's, or the package's where it has none; NVD knows nothing of Alpine's revisions. */
function versionOf({ type }: Package, cpe: Cpe, version: string): string {
  const own = type === 'apk' ? withoutRevision(cpe.version) : cpe.version;
  return own === '*' || own === '-' || isUnknownVersion(own) ? version : own;
}

function withoutRevision(version: string): string {
  const parts = version.split('-r');
  return parts.length === 2 ? (parts[0] ?? '') : version;
}

/** Java's before 9 are told in two parts: `1.8.0` and `update351`. */
function withUpdate(version: string, { update }: Cpe): string {
  const isOld = version.startsWith('1.') && !version.includes('_');
  return isOld && update !== '*' && update !== '-' ? `${version}_${update.replace(/^update/, '')}` : version;
}

function withVersion(text: string, version: string): string {
  const parts = text.split(/(?<!\\):/);
  parts[5] = version.replace(/[^\w.-]/g, '\\$&');
  return parts.join(':');
}
