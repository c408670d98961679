import { stringify } from 'yaml';
import type { Finding } from '../../model/finding.ts';
import type { ObjectRef } from '../../model/object.ts';
import type { FindingDetailJson } from './contract.ts';
import { patchCommand } from './patch-command.ts';
import { redactText } from './redact-text.ts';
import type { ObjectInfo, SkoposSource } from './source.ts';

type Repair = Pick<FindingDetailJson, 'file' | 'yaml' | 'lines' | 'patch' | 'command'>;

/** The object of a finding as it may be shown, where the evidence points, and what mends it. Of a fixed one: the object alone. */
export async function repairOf(finding: Finding, source: SkoposSource): Promise<Repair> {
  const info = await source.objectOf(finding.object);
  const file = info.origin?.file ?? info.text?.file;
  const place = file === undefined ? {} : { file };
  const shown = shownOf(info, finding.object, source);
  const { evidence } = finding;
  const isFixed = finding.status === 'fixed';
  if (shown === undefined) {
    return { ...place, lines: [], ...(isFixed || !evidence.command ? {} : { command: evidence.command }) };
  }
  if (isFixed) return { ...place, yaml: shown.yaml, lines: [] };
  const { lines, patch } = source.mark({ ...shown.place, yaml: shown.yaml, evidence });
  const applicable =
    patch === undefined || shown.source === undefined
      ? patch
      : applicablePatch(patch, source.mark({ ...shown.place, yaml: shown.source, evidence }).patch);
  const byPatch =
    info.object === undefined ? undefined : patchCommand(finding.object, info.object, evidence.fix);
  const command = evidence.command ?? byPatch;
  return {
    ...place,
    yaml: shown.yaml,
    lines,
    ...(applicable === undefined ? {} : { patch: applicable }),
    ...(command === undefined ? {} : { command }),
  };
}

interface Shown {
  readonly yaml: string;
  readonly place: { readonly file: string; readonly firstLine: number };
  /** What `yaml` is the redacted form of, when it is a text from a file. */
  readonly source?: string;
}

/** The text of an object as it may be shown: that of its file where there is one, redacted. */
export function shownOf(
  { object, text }: ObjectInfo,
  ref: ObjectRef,
  source: SkoposSource,
): Shown | undefined {
  const yaml = text === undefined ? undefined : redactText(text.yaml, ref, source.redact);
  if (text !== undefined && yaml !== undefined) {
    const { file, firstLine } = text;
    return { yaml, place: { file, firstLine }, source: text.yaml };
  }
  if (object === undefined) return undefined;
  const file = `${ref.kind.toLowerCase()}-${ref.name}.yaml`;
  return { yaml: stringify(source.redact(object), { lineWidth: 0 }), place: { file, firstLine: 1 } };
}

/** The patch of the file as it stands, when it shows no more than the patch of the redacted text does. */
function applicablePatch(shown: string, real: string | undefined): string {
  return real !== undefined && bodyOf(real) === bodyOf(shown) ? real : shown;
}

/** Without the line numbers, which redaction of a text of several lines moves. */
function bodyOf(patch: string): string {
  return patch.replace(/^@@ .*$/gm, '@@');
}
