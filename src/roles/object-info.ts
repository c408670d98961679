import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectInfo } from '../api/skopos/source.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { keyOf, type ObjectRef } from '../model/object.ts';

/** An object, where it was read, and its own document in its file as it stands now. */
export async function objectInfo(
  inventory: Inventory,
  ref: ObjectRef,
  folder: string | undefined,
): Promise<ObjectInfo> {
  const key = keyOf(ref);
  const object = inventory.object(key);
  const origin = inventory.origin(key);
  if (object === undefined || origin === undefined) return {};
  const text = await documentOf(origin.file, origin.line, folder);
  return { object, origin, ...(text === undefined ? {} : { text }) };
}

async function documentOf(
  file: string | undefined,
  line: number | undefined,
  folder: string | undefined,
): Promise<ObjectInfo['text']> {
  if (file === undefined || line === undefined || folder === undefined || !/\.ya?ml$/.test(file))
    return undefined;
  const whole = await readFile(join(folder, file), 'utf8').catch(() => undefined);
  if (whole === undefined) return undefined;
  const lines = whole.split('\n').slice(line - 1);
  const first = lines[0]?.startsWith('---') ? 1 : 0;
  const end = lines.findIndex((text, i) => i >= first && /^(---|\.\.\.)(\s|$)/.test(text));
  const own = (end < 0 ? lines : lines.slice(0, end)).slice(first);
  const yaml = own.join('\n');
  return { yaml: yaml.endsWith('\n') ? yaml : `${yaml}\n`, file, firstLine: line + first };
}
