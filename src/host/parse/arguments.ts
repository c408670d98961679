/** Stands for what may be secret. */
const redacted = '<redacted>';

/** The value of a flag, '' when it stands without one; undefined when it is not set. The last one counts, as for Go's flags. */
export function argumentOf(args: readonly string[], name: string): string | undefined {
  let found: string | undefined;
  for (const [i, arg] of args.entries()) {
    if (arg === `--${name}`) {
      const next = args[i + 1];
      found = next === undefined || next.startsWith('-') ? '' : next;
    } else if (arg.startsWith(`--${name}=`)) found = arg.slice(name.length + 3);
  }
  return found;
}

/** A command line as one text, with what may be secret replaced. Names of files are no secrets. */
export function shownCommandLine(args: readonly string[]): string {
  let isSecretNext = false;
  return args
    .map((arg) => {
      if (isSecretNext && !arg.startsWith('-')) {
        isSecretNext = false;
        return redacted;
      }
      isSecretNext = secretName.test(arg);
      const equals = arg.indexOf('=');
      const isSecret = equals > 0 && secretName.test(arg.slice(0, equals));
      return (isSecret ? `${arg.slice(0, equals)}=${redacted}` : arg).replace(userInfo, `://${redacted}@`);
    })
    .join(' ');
}

const secretName = /^--?[\w.-]*(?:passw(?:or)?d|passphrase|secret|api-?key|access-?key|token|credentials?)$/i;
const userInfo = /:\/\/[^/\s@]*:[^/\s@]*@/g;
