import { safeRegex } from '../../kit/regex.ts';
import type { Distribution } from '../../model/image-sbom.ts';
import { parseConstraint, satisfies } from '../versions/constraint.ts';
import { semver } from '../versions/semver.ts';
import type { OperatingSystem } from './advisory.ts';
import { writtenSchema } from './schema.ts';

/** A rule of the data: what is called so is to be looked up as something else. */
export interface OperatingSystemOverride {
  readonly alias: string;
  readonly version: string;
  readonly versionPattern: string;
  readonly codename: string;
  /** Undefined leaves what it was; empty takes it away. */
  readonly replacement: string | undefined;
  readonly majorVersion: string | undefined;
  readonly minorVersion: string | undefined;
  readonly labelVersion: string | undefined;
  readonly channel: string | undefined;
  /** It has no versions. */
  readonly isRolling: boolean;
  /** Of the program that reads, as a range of schemas; empty for all. */
  readonly schemas: string;
}

/** What is looked for among the operating systems. */
interface Wanted {
  readonly name: string;
  readonly major: string;
  readonly minor: string;
  readonly label: string;
  readonly channel: string;
}

export interface LookUp {
  /** An extended-support channel to look in, instead of the common data. */
  readonly channel?: string;
  /** By its own name and version alone. */
  readonly isExact?: boolean;
}

/**
 * The operating systems of the data that stand for a distribution: by name, after the data's own overrides, then by version
 * from the most to the least specific. None when the data does not know it.
 *
 * Source: https://github.com/anchore/grype/blob/main/grype/db/v6/operating_system_store.go
 */
export function findOperatingSystems(
  distribution: Distribution,
  { systems, overrides }: OperatingSystemData,
  { channel = '', isExact = false }: LookUp = {},
): readonly OperatingSystem[] {
  const found = resolve(distribution.id, distribution, { systems, overrides }, { channel, isExact });
  if (found.length > 0 || isExact || isKnown(distribution.id, { systems, overrides })) return found;
  // A derivative that the data has never heard of is judged by what it says it is like.
  for (const like of distribution.idLike) {
    const alike = resolve(like, distribution, { systems, overrides }, { channel, isExact });
    if (alike.length > 0) return alike;
  }
  return [];
}

export interface OperatingSystemData {
  readonly systems: readonly OperatingSystem[];
  readonly overrides: readonly OperatingSystemOverride[];
}

function resolve(
  id: string,
  distribution: Distribution,
  { systems, overrides }: OperatingSystemData,
  { channel, isExact }: Required<LookUp>,
): readonly OperatingSystem[] {
  const [major = '', minor = ''] = distribution.version.split('.');
  const isNumbered = /^\d/.test(major);
  const asked: Wanted = {
    name: id,
    major: isNumbered ? major : '',
    minor: isNumbered ? minor : '',
    label: isNumbered ? '' : distribution.version || distribution.codename,
    channel,
  };
  const override = isExact ? undefined : overrides.find((one) => applies(one, asked, distribution));
  return byVersion(systems, override === undefined ? asked : overridden(asked, override));
}

function isKnown(id: string, { systems, overrides }: OperatingSystemData): boolean {
  return systems.some((system) => isNamed(system, id)) || overrides.some(({ alias }) => isSame(alias, id));
}

function applies(override: OperatingSystemOverride, asked: Wanted, distribution: Distribution): boolean {
  const { alias, version, versionPattern, codename, schemas } = override;
  if (!isSame(alias, asked.name) || !isForUs(schemas)) return false;
  if (codename !== '' && codename !== asked.label && codename !== distribution.codename) return false;
  if (version !== '' && version !== distribution.version) return false;
  return versionPattern === '' || fits(versionPattern, [distribution.version, asked.label]);
}

function fits(pattern: string, texts: readonly string[]): boolean {
  try {
    const regex = safeRegex(pattern);
    return texts.some((text) => regex.finds(text));
  } catch {
    return false;
  }
}

function isForUs(schemas: string): boolean {
  if (schemas === '') return true;
  const own = `${writtenSchema.model}.${writtenSchema.revision}.${writtenSchema.addition}`;
  try {
    return satisfies(semver, own, parseConstraint(schemas));
  } catch {
    return true;
  }
}

function overridden(asked: Wanted, override: OperatingSystemOverride): Wanted {
  const versions = override.isRolling ? { major: '', minor: '' } : asked;
  return {
    name: override.replacement ?? asked.name,
    major: override.majorVersion ?? versions.major,
    minor: override.minorVersion ?? versions.minor,
    label: override.labelVersion ?? (override.isRolling ? '' : asked.label),
    channel: override.channel ?? asked.channel,
  };
}

function byVersion(systems: readonly OperatingSystem[], asked: Wanted): readonly OperatingSystem[] {
  const [major, minor] = [withoutZeros(asked.major), withoutZeros(asked.minor)];
  const named = systems.filter(
    (system) =>
      isNamed(system, asked.name) &&
      isSame(system.channel, asked.channel) &&
      (asked.label === '' ||
        isSame(system.codename, asked.label) ||
        isSame(system.labelVersion, asked.label)),
  );
  if (major === '') return asked.label === '' ? named.filter((system) => system.majorVersion === '') : named;
  const tries = [
    (system: OperatingSystem) =>
      minor !== '' && system.majorVersion === major && system.minorVersion === minor,
    (system: OperatingSystem) => system.majorVersion === major && system.minorVersion === '',
    (system: OperatingSystem) => system.majorVersion === major,
  ];
  return tries.map((test) => named.filter(test)).find((found) => found.length > 0) ?? [];
}

function isNamed(system: OperatingSystem, name: string): boolean {
  return isSame(system.name, name) || isSame(system.releaseId, name);
}

function isSame(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

/** 22.04 is written 22.4 in the data. */
function withoutZeros(text: string): string {
  return text.replace(/^0+(?=.)/, '');
}
