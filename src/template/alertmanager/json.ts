import { GoTime } from '../go-time.ts';
import { bare, entriesOf, fieldsOf, itemsOf, kindOf } from '../value.ts';

const deepest = 100;

/**
 * A value as Go's `encoding/json` writes it: keys in order, `<`, `>` and `&` escaped so that it may stand in HTML.
 *
 * @throws when it would be longer than `limit`, or cannot be written.
 */
export function toJson(value: unknown, limit: number): string {
  let length = 0;
  const take = (text: string): string => {
    length += text.length;
    if (length > limit) throw new Error(`text exceeds ${limit} characters`);
    return text;
  };
  const write = (item: unknown, depth: number): string => {
    if (depth > deepest) throw new Error(`value nests more than ${deepest} deep`);
    const members = (entries: readonly (readonly [string, unknown])[]): string =>
      `{${entries.map(([name, member]) => `${take(text(name))}:${write(member, depth + 1)}`).join(',')}}`;
    switch (kindOf(item)) {
      case 'invalid':
        return take('null');
      case 'string':
        return take(text(String(bare(item))));
      case 'float':
        if (!Number.isFinite(bare(item))) throw new Error(`json: unsupported value: ${String(bare(item))}`);
        return take(String(bare(item)));
      case 'bool':
      case 'int':
        return take(String(bare(item)));
      case 'slice':
        return `[${itemsOf(item)
          .map((element) => write(element, depth + 1))
          .join(',')}]`;
      case 'map':
        return members(entriesOf(item));
      case 'struct':
        if (item instanceof GoTime) return take(text(item.format('2006-01-02T15:04:05.999999999Z07:00')));
        return members(
          fieldsOf(item as object).map(([name, field]) => [jsonName(item as object, name), field]),
        );
      default:
        throw new Error('json: unsupported type: func');
    }
  };
  return write(value, 0);
}

/** Notifications and alerts have the names of the webhook's payload; other structs those of their fields. */
function jsonName(struct: object, name: string): string {
  const type = (struct as { type?: unknown }).type;
  if (name === 'NotificationReason') return 'notification_reason';
  const isPayload = type === 'template.Data' || type === 'template.Alert';
  return isPayload ? name.charAt(0).toLowerCase() + name.slice(1) : name;
}

function text(value: string): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
