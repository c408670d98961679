import { func, method, type Overload } from '../functions.ts';
import { objectTypes } from '../types.ts';
import { CelObject, CelOptional, noValue } from '../values.ts';
import { isDate, isDateTime, isUri } from './format-tests.ts';

/** Why a text is not of the format; none when it is. */
type Validate = (text: string) => readonly string[];

class Format extends CelObject {
  readonly typeName = objectTypes.Format;
  readonly name: string;
  readonly validate: Validate;

  constructor(name: string, validate: Validate) {
    super();
    this.name = name;
    this.validate = validate;
  }

  equals(other: CelObject): boolean {
    return other instanceof Format && other.name === this.name;
  }
}

const label = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(?:\\.${label})*`;
const word = '(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';

function shaped(what: string, pattern: string, longest: number): Validate {
  const whole = new RegExp(`^(?:${pattern})$`);
  return (text) => [
    ...(text.length > longest ? [`must be no more than ${longest} characters`] : []),
    ...(whole.test(text) ? [] : [`must be ${what}`]),
  ];
}

/** A prefix may end as names that are generated from it go on. */
function prefix(validate: Validate): Validate {
  return (text) => validate(text.endsWith('-') ? `${text.slice(0, -1)}a` : text);
}

function tested(what: string, isOne: (text: string) => boolean): Validate {
  return (text) => (isOne(text) ? [] : [what]);
}

const dns1123Label = shaped('a lowercase RFC 1123 label', label, 63);
const dns1123Subdomain = shaped('a lowercase RFC 1123 subdomain', subdomain, 253);
const dns1035Label = shaped('an RFC 1035 label', '[a-z](?:[-a-z0-9]*[a-z0-9])?', 63);

function qualifiedName(text: string): readonly string[] {
  const slash = text.indexOf('/');
  const name = shaped('a qualified name', word, 63)(text.slice(slash + 1));
  return slash < 0 ? name : [...dns1123Subdomain(text.slice(0, slash)), ...name];
}

const formats: ReadonlyMap<string, Format> = new Map(
  Object.entries({
    dns1123Label,
    dns1123Subdomain,
    dns1035Label,
    qualifiedName,
    dns1123LabelPrefix: prefix(dns1123Label),
    dns1123SubdomainPrefix: prefix(dns1123Subdomain),
    dns1035LabelPrefix: prefix(dns1035Label),
    labelValue: shaped('a valid label value', `(?:${word})?`, 63),
    uri: tested('is no absolute URI', isUri),
    uuid: tested('does not match the UUID format', (text) =>
      /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(text),
    ),
    byte: tested('invalid base64', (text) =>
      /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text),
    ),
    date: tested('invalid date', isDate),
    datetime: tested('invalid datetime', isDateTime),
  } satisfies Record<string, Validate>).map(([name, validate]) => [name, new Format(name, validate)]),
);

/**
 * Formats that Kubernetes has names for. What is wrong with a text is said in our words.
 *
 * Source: https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-format-library
 */
export const namedFormats: readonly Overload[] = [
  ...[...formats].map(([name, format]) => func(`format.${name}`, '-> Format', () => format)),
  func('format.named', 'string -> optional(Format)', (name: string) => {
    const format = formats.get(name);
    return format === undefined ? noValue : new CelOptional(format);
  }),
  method('validate', 'Format, string -> optional(list(string))', ({ validate }: Format, text: string) => {
    const problems = validate(text);
    return problems.length === 0 ? noValue : new CelOptional(problems);
  }),
];
