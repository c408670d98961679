import { BadInputError } from '../../kit/app-error.ts';
import type { ScheduleKind } from '../schedules/schedule.ts';

/** What a scan is about, as people say it to our own API. */
export interface ScanWish {
  readonly kind: ScheduleKind;
  readonly namespaces?: readonly string[] | undefined;
  readonly excludedNamespaces?: readonly string[] | undefined;
  readonly frameworks?: readonly string[] | undefined;
  readonly controls?: readonly string[] | undefined;
  readonly object?: { readonly kind: string; readonly namespace: string; readonly name: string } | undefined;
  readonly images?: readonly string[] | undefined;
  /** As `registryInfo-v1` names its fields. */
  readonly registry?: Readonly<Record<string, unknown>> | undefined;
}

/** The same as commands of Kubescape's operator, which is the form in which scans are kept. @throws {BadInputError} */
export function commandsFor(wish: ScanWish): readonly unknown[] {
  if (wish.kind === 'registry') {
    if (wish.registry === undefined) throw new BadInputError('registry', 'it has to say which registry');
    return [{ commandName: 'scanRegistry', args: { 'registryInfo-v1': wish.registry } }];
  }
  return wish.kind === 'images' ? imageCommands(wish) : [postureCommand(wish)];
}

function postureCommand({ namespaces, excludedNamespaces, frameworks, controls, object }: ScanWish): unknown {
  if (isGiven(frameworks) && isGiven(controls))
    throw new BadInputError('controls', 'give frameworks or controls, not both');
  const target = isGiven(frameworks)
    ? { targetType: 'framework', targetNames: frameworks }
    : isGiven(controls)
      ? { targetType: 'control', targetNames: controls }
      : {};
  const scanV1 = {
    ...target,
    ...(isGiven(namespaces) ? { includeNamespaces: namespaces } : {}),
    ...(isGiven(excludedNamespaces) ? { excludedNamespaces } : {}),
    ...(object === undefined
      ? {}
      : { scanObject: { kind: object.kind, metadata: { name: object.name, namespace: object.namespace } } }),
  };
  return { commandName: 'kubescapeScan', args: { scanV1 } };
}

function imageCommands({ namespaces, object, images }: ScanWish): readonly unknown[] {
  if (isGiven(images)) return [{ commandName: 'scan', args: { images } }];
  const about = (attributes: object) => ({
    commandName: 'scan',
    designators: [{ designatorType: 'Attributes', attributes }],
  });
  if (object !== undefined) return [about({ ...object })];
  return isGiven(namespaces) ? namespaces.map((namespace) => about({ namespace })) : [about({})];
}

function isGiven(list: readonly string[] | undefined): list is readonly string[] {
  return list !== undefined && list.length > 0;
}
