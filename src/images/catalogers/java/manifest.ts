/** Main attributes of a `MANIFEST.MF`, and those of its sections where the main ones have none. */
export interface JavaManifest {
  /** By names as they are written. */
  readonly main: ReadonlyMap<string, string>;
  readonly sections: ReadonlyMap<string, string>;
}

/**
 * Source: https://docs.oracle.com/en/java/javase/21/docs/specs/jar/jar.html#jar-manifest
 */
export function javaManifestOf(text: string): JavaManifest {
  const [main = new Map(), ...others] = text
    // A line goes on in the next one after a space.
    .replace(/\r\n?/g, '\n')
    .replace(/\n /g, '')
    .split(/\n{2,}/, 2000)
    .map(attributesOf);
  const sections = new Map<string, string>();
  for (const section of others)
    for (const [name, value] of section) if (!sections.has(name)) sections.set(name, value);
  return { main, sections };
}

function attributesOf(text: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) attributes.set(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  }
  return attributes;
}

/** The first of these that is written, in the main section before the others. */
export function attributeOf(manifest: JavaManifest, names: readonly string[]): string {
  for (const name of names) {
    const value = manifest.main.get(name) ?? manifest.sections.get(name) ?? '';
    if (value !== '') return value;
  }
  return '';
}

/** `pom.properties` as Maven writes it: `name=value`, comments with `#`. */
export function pomPropertiesOf(
  text: string,
): { groupId: string; artifactId: string; version: string } | undefined {
  const values = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [, name, value] = /^\s*([A-Za-z]+)\s*[=:](.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) values.set(name, value.trim());
  }
  const [groupId = '', artifactId = '', version = ''] = ['groupId', 'artifactId', 'version'].map((name) =>
    values.get(name),
  );
  // A template that was never filled in says nothing.
  const isSaid = artifactId !== '' && version !== '' && !`${groupId}${artifactId}${version}`.includes('${');
  return isSaid ? { groupId, artifactId, version } : undefined;
}
