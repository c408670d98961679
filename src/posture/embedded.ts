import { parseDocument } from 'yaml';

/** Configuration files come inside of reported facts as base64. Undefined when it is not that, or nothing. */
export function decodedText(content: unknown): string | undefined {
  if (typeof content !== 'string' || content === '') return undefined;
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(content), (char) => char.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

/** The mapping that a YAML or JSON text is; undefined when it is none, or has a fault anywhere. */
export function mappingOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const document = parseDocument(text, { logLevel: 'silent' });
    if (document.errors.length > 0) return undefined;
    const value: unknown = document.toJS();
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    // Too many aliases, say.
    return undefined;
  }
}
