import type { GoModule } from './build-info.ts';

/** Variables that builds set to the version: `-X main.version=1.2.3`, `-X example.org/tool/internal/version.Version=v1.2.3`. */
const versionVariable = /^(?:git|build|app|release|current)?_?(?:version|tag|release)$/i;

/**
 * The version of a program's own module. Built from a working copy it is `(devel)`; then what the build set by `-ldflags`
 * counts, and after that the commit, as a pseudo-version.
 *
 * Source: https://go.dev/ref/mod#pseudo-versions
 */
export function mainVersion(main: GoModule, settings: Readonly<Record<string, string>>): string {
  if (main.version !== '(devel)' && main.version !== '') return main.version;
  return versionOfFlags(main.path, settings['-ldflags'] ?? '') ?? versionOfCommit(settings) ?? '(devel)';
}

function versionOfFlags(module: string, flags: string): string | undefined {
  const set = [...flags.matchAll(/-X[ =]+(['"]?)([^\s='"]+)\.(\w+)=(['"]?)([^\s'"]*)/g)].flatMap((match) => {
    const [path = '', name = '', value = ''] = [match[2], match[3], match[5]];
    const isOwn = path === 'main' || path === module || path.startsWith(`${module}/`);
    const isVersion = versionVariable.test(name) && /^v?\d+(?:\.\d+)+(?:[-+.][\w.+-]*)?$/.test(value);
    return isOwn && isVersion ? [{ path, value }] : [];
  });
  const found = (set.find(({ path }) => path === 'main') ?? set[0])?.value;
  return found === undefined || found.startsWith('v') ? found : `v${found}`;
}

function versionOfCommit(settings: Readonly<Record<string, string>>): string | undefined {
  const revision = settings['vcs.revision'];
  if (revision === undefined || revision === '') return undefined;
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.exec(settings['vcs.time'] ?? '')?.[0].replace(/\D/g, '');
  return time === undefined ? revision : `v0.0.0-${time}-${revision.slice(0, 12)}`;
}
