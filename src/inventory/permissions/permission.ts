/** One resource of the Kubernetes API that Skopos has to be allowed, and what for. */
export interface Permission {
  /** '' for the core group. */
  readonly group: string;
  /** As it stands in paths: `networkpolicies`. */
  readonly resource: string;
  readonly verbs: readonly string[];
  /** Of its objects, where they are watched. */
  readonly kind?: string;
  /** Everywhere, or in Skopos' own namespace alone. */
  readonly scope: 'cluster' | 'own-namespace';
  /** On objects of these names alone; on all when left out. */
  readonly names?: readonly string[];
  /** What does not work without it, for people. */
  readonly purpose: string;
  /** A cluster may well not have the resource. */
  readonly optional?: boolean;
}

/** A rule of a Role or ClusterRole. */
export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** `networkpolicies.networking.k8s.io`, as kubectl writes it. */
export function resourceName({ group, resource }: Pick<Permission, 'group' | 'resource'>): string {
  return group === '' ? resource : `${resource}.${group}`;
}

/** What rules of a part of Skopos stand for, one permission a resource. */
export function permissionsOf(
  rules: readonly PolicyRule[],
  what: Pick<Permission, 'scope' | 'purpose'>,
): readonly Permission[] {
  return rules.flatMap(({ apiGroups, resources, resourceNames, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.map((resource) => ({
        ...{ group, resource, verbs, ...what },
        ...(resourceNames === undefined ? {} : { names: resourceNames }),
      })),
    ),
  );
}

/** The fewest rules of one role that give these permissions, in a fixed order. None names anything by a wildcard. */
export function rulesOf(permissions: readonly Permission[]): readonly PolicyRule[] {
  const rules = new Map<string, { readonly rule: PolicyRule; readonly resources: Set<string> }>();
  for (const { group, resource, verbs, names } of mergeVerbs(permissions)) {
    const key = JSON.stringify([group, verbs, names ?? []]);
    const known = rules.get(key);
    if (known !== undefined) {
      known.resources.add(resource);
      continue;
    }
    const named = names === undefined ? {} : { resourceNames: [...names].sort() };
    rules.set(key, {
      rule: { apiGroups: [group], resources: [], ...named, verbs },
      resources: new Set([resource]),
    });
  }
  return [...rules]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { rule, resources }]) => ({ ...rule, resources: [...resources].sort() }));
}

/** Verbs that several parts need of one resource, together; each once, in order. What is given on all objects is not given by name too. */
function mergeVerbs(permissions: readonly Permission[]): readonly Permission[] {
  const merged = new Map<string, Permission>();
  for (const one of permissions) {
    const key = JSON.stringify([one.group, one.resource, one.names ?? []]);
    const verbs = [...new Set([...(merged.get(key)?.verbs ?? []), ...one.verbs])].sort();
    merged.set(key, { ...one, verbs });
  }
  return [...merged.values()].flatMap((one) => {
    if (one.names === undefined) return [one];
    const onAll = merged.get(JSON.stringify([one.group, one.resource, []]))?.verbs ?? [];
    const verbs = one.verbs.filter((verb) => !onAll.includes(verb));
    return verbs.length === 0 ? [] : [{ ...one, verbs }];
  });
}
