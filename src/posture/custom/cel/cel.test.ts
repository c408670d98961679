import { describe, expect, it } from 'vitest';
import { compile } from './compile.ts';
import type { CelCompileError } from './compile-error.ts';
import { CelError, CelUnknown, type Fault } from './fault.ts';
import { nobodyAsks } from './library/authorizer.ts';
import { bool, type CelType, dyn, objectTypes } from './types.ts';
import { type CelValue, fromJson } from './values.ts';

const data = {
  object: {
    metadata: { name: 'web', labels: { app: 'web', 'a/b': 'c' } },
    spec: {
      replicas: 3,
      ratio: 0.5,
      nothing: null,
      containers: [
        { name: 'a', image: 'r/a:1' },
        { name: 'b', image: 'r/b', securityContext: { privileged: true } },
      ],
    },
  },
};

const variables = new Map<string, CelType>([
  ['object', dyn],
  ['authorizer', { kind: 'object', name: objectTypes.Authorizer }],
]);

function evaluate(text: string): CelValue | Fault {
  const object = fromJson(data.object);
  return compile(text, { variables }).evaluate((name) => (name === 'object' ? object : nobodyAsks));
}

function messageOf(text: string): string {
  const found = evaluate(text);
  return found instanceof CelError ? found.message : `no error: ${String(found)}`;
}

const holds = {
  'operators and their precedence': [
    '1 + 2 * 3 == 7 && (1 + 2) * 3 == 9',
    '7 / 2 == 3 && -7 / 2 == -3 && -7 % 2 == -1 && 7.0 / 2.0 == 3.5',
    '!!true && !false && - - 3 == 3',
    "'a' + 'b' == 'ab' && [1] + [2] == [1, 2] && b'a' + b'b' == b'ab'",
    'true ? true : false ? false : false',
    "2 in [1, 2] && !('x' in {'y': 1}) && 'app' in object.metadata.labels",
    '1 < 2 && 2u > 1u && 1.5 <= 1.5 && "a" < "b" && b"a" < b"b"',
    'dyn(1) == 1.0 && dyn(1u) == 1 && dyn(1) != dyn("1") && 1 < 1.5',
    '9223372036854775807 > 0 && -9223372036854775808 < 0 && 0xFF == 255',
  ],
  'literals and escapes': [
    String.raw`'\n\t\\\'\x41\u00e9\U0001F600\101' == "\n\t\\'Aé😀A"`,
    String.raw`r'\n' == '\\n' && R"a" == 'a'`,
    `'''a\nb''' == 'a\\nb' && """"x"""" == '"x'`.replace('""""x""""', '"\\"x"'),
    String.raw`b'\xff' != b'ÿ' && b'\303\277' == b'ÿ' && size(b'ÿ') == 2`,
    '1e3 == 1000.0 && .5 == 0.5 && 1u != 2u',
    '// a comment\n true // another',
    "[1, 2,].size() == 2 && {'a': 1,}.size() == 1",
  ],
  'fields, indices and presence': [
    "object.metadata.labels['a/b'] == 'c' && object.spec.containers[1].name == 'b'",
    'has(object.spec.replicas) && !has(object.spec.missing) && has(object.spec.nothing)',
    'object.spec.replicas == 3 && type(object.spec.replicas) == int && type(object.spec.ratio) == double',
    'object.spec.nothing == null && type(null) == null_type && type(type(1)) == type',
    "object.?spec.?missing.orValue('x') == 'x' && object.?spec.replicas.value() == 3",
    "object.metadata.labels[?'none'].hasValue() == false && object.spec.containers[?0].hasValue()",
    'optional.of(1).optMap(x, x + 1).value() == 2 && !optional.none().hasValue()',
    'optional.of(optional.of(1)).optFlatMap(x, x).value() == 1',
    "[?optional.of(1), ?optional.none(), 3] == [1, 3] && {?'a': optional.none()} == {}",
    'optional.none().or(optional.of(2)).value() == 2 && optional.ofNonZeroValue("") == optional.none()',
    '[optional.of(1), optional.none()].unwrapOpt() == [1] && [1, 2].first().value() == 1',
  ],
  'a side that decides makes up for an error of the other': [
    'true || object.nope.deeper == 1',
    'object.nope.deeper == 1 || true',
    '!(false && 1 / 0 > 0)',
    '[1, 0].exists(x, 1 / x == 1)',
    '![1, 0, 5].all(x, 1 / x == 1)',
    "!(authorizer.group('').resource('pods').check('get').allowed() && false)",
  ],
  macros: [
    'object.spec.containers.all(c, has(c.image)) && object.spec.containers.exists(c, c.name == "b")',
    'object.spec.containers.exists_one(c, c.name == "a") && ![1, 1].exists_one(x, x == 1)',
    '[1, 2, 3].filter(x, x > 1) == [2, 3] && [1, 2].map(x, x * 2) == [2, 4]',
    '[1, 2, 3].map(x, x > 1, x * 10) == [20, 30]',
    "{'a': 1, 'b': 2}.all(k, k in ['a', 'b']) && {'a': 1}.map(k, k) == ['a']",
    '[[1], [2]].map(x, x.map(x, x + 1)) == [[2], [3]]',
    '[1, 2].all(x, [3, 4].exists(y, y == x + 2))',
  ],
  'macros of two variables': [
    '[10, 20].all(i, v, v == (i + 1) * 10) && {"a": 1}.exists(k, v, k == "a" && v == 1)',
    '[1, 2].existsOne(i, v, i == 0 && v == 1) && [1].exists_one(i, v, v == 1)',
    '[1, 2, 3].transformList(i, v, i + v) == [1, 3, 5] && [1, 2].transformList(i, v, i > 0, v) == [2]',
    "{'a': 1}.transformMap(k, v, v + 1) == {'a': 2} && ['x'].transformMap(i, v, v)[0] == 'x'",
    "{'a': 'b'}.transformMapEntry(k, v, {v: k}) == {'b': 'a'}",
  ],
  conversions: [
    "int('42') == 42 && int(3.9) == 3 && int(-3.9) == -3 && uint(3) == 3u && double('1.5') == 1.5",
    "string(42) == '42' && string(1.0) == '1' && string(true) == 'true' && string(b'a') == 'a' && string(1e30) == '1e+30'",
    "bool('true') && !bool('F') && bytes('a') == b'a' && dyn(1) == 1",
    "timestamp('2024-02-29T12:30:45.5Z').getFullYear() == 2024 && timestamp('2024-02-29T12:30:45.5Z').getMonth() == 1",
    "timestamp('2024-02-29T23:30:00Z').getDate('Europe/Athens') == 1 && timestamp('2024-02-29T23:30:00Z').getHours('+02:00') == 1",
    "duration('1h30m') == duration('90m') && duration('90s').getMinutes() == 1 && string(duration('1.5s')) == '1.5s'",
    "timestamp('2024-01-01T00:00:00Z') + duration('24h') == timestamp('2024-01-02T00:00:00Z')",
    "string(timestamp('2024-01-01T00:00:00.120Z')) == '2024-01-01T00:00:00.12Z'",
    "timestamp('2024-01-02T00:00:00Z') - timestamp('2024-01-01T00:00:00Z') == duration('24h')",
  ],
  texts: [
    "'héllo😀'.size() == 6 && 'a😀b'.charAt(1) == '😀' && 'a😀b'.indexOf('b') == 2 && 'a😀b'.substring(1, 2) == '😀'",
    "'abcab'.lastIndexOf('ab') == 3 && 'abcab'.indexOf('ab', 1) == 3 && 'abc'.indexOf('') == 0",
    "'Abc'.lowerAscii() == 'abc' && 'aBc'.upperAscii() == 'ABC' && '  a b '.trim() == 'a b'",
    "'a-b-c'.replace('-', '+') == 'a+b+c' && 'a-b-c'.replace('-', '+', 1) == 'a+b-c' && 'ab'.replace('', '-') == '-a-b-'",
    "'a,b,c'.split(',') == ['a', 'b', 'c'] && 'a,b,c'.split(',', 2) == ['a', 'b,c'] && 'ab'.split('') == ['a', 'b']",
    "['a', 'b'].join('-') == 'a-b' && 'hello'.substring(2) == 'llo' && 'hello'.startsWith('he') && 'hello'.contains('ell')",
    String.raw`strings.quote("a\"b\n") == '"a\\"b\\n"'`,
    `'%s is %d, %.2f, %x, %b, %o, %e %%'.format([dyn('a'), 5, 1.005, 255, 5, 8, 1234.5]) == 'a is 5, 1.00, ff, 101, 10, 1.234500×10⁰³ %'`,
    `'%s %s %s'.format([[dyn(1), 'a'], {'b': dyn(1), 'a': null}, int]) == '[1, "a"] {"a":null, "b":1} int'`,
    `'%.3f %f %.1f'.format([1234567.8915, -1234.0, 1.25]) == '1,234,567.891 -1,234.000000 1.2'`,
    `'%s'.format([[1.5, -0.0]]) == '[1.500000, -0.000000]' && '%s'.format([1000000.0]) == '1e+06'`,
    `'%s'.format([[timestamp('2024-01-01T00:00:00Z'), duration('90s')]]) == '[timestamp("2024-01-01T00:00:00Z"), duration("90s")]'`,
  ],
  'lists and sets': [
    '[1, 2, 2].isSorted() && ![2, 1].isSorted() && ["a", "b"].isSorted()',
    '[1, 2, 3].sum() == 6 && [1.5, 1.5].sum() == 3.0 && [duration("1s"), duration("2s")].sum() == duration("3s")',
    '[3, 1, 2].min() == 1 && ["b", "a"].max() == "b" && [1, 2, 1].indexOf(1) == 0 && [1, 2, 1].lastIndexOf(1) == 2 && [1].indexOf(9) == -1',
    'sets.contains([1, 2], [2]) && sets.equivalent([1, 1], [1]) && sets.intersects([1, 2], [2, 3]) && !sets.intersects([1], [])',
  ],
  'regular expressions': [
    "'abc123'.matches('[0-9]+$') && matches('abc', '^a') && !'abc'.matches('^b')",
    "'abc 123 def 456'.find('[0-9]+') == '123' && 'abc'.find('[0-9]+') == ''",
    "'1 2 3'.findAll('[0-9]') == ['1', '2', '3'] && '1 2 3'.findAll('[0-9]', 2) == ['1', '2'] && 'a'.findAll('b') == []",
  ],
  quantities: [
    "quantity('1Gi').isGreaterThan(quantity('1G')) && quantity('100m').isLessThan(quantity('0.2'))",
    "quantity('2Gi').asInteger() == 2147483648 && quantity('50k').asInteger() == 50000 && !quantity('50m').isInteger()",
    // What is written with a fraction or a power below one is no integer to Kubernetes, whatever it comes to.
    "!quantity('1.5Gi').isInteger() && !quantity('1000m').isInteger() && !quantity('1.0').isInteger() && quantity('0.5k').isInteger()",
    "!quantity('500m').add(quantity('500m')).isInteger() && quantity('1k').add(quantity('1')).asInteger() == 1001",
    "quantity('50m').asApproximateFloat() == 0.05 && quantity('-1').sign() == -1 && quantity('0').sign() == 0",
    "quantity('50k').add('20k' == '' ? quantity('1') : quantity('20k')).compareTo(quantity('70k')) == 0 && quantity('50k').sub(20000) == quantity('30k')",
    "isQuantity('1.3Gi') && !isQuantity('1.3 Gi') && !isQuantity('200K') && isQuantity('1e3') && quantity('1E') == quantity('1e18')",
  ],
  versions: [
    "semver('1.2.3').compareTo(semver('1.10.0')) == -1 && semver('1.0.0-alpha').isLessThan(semver('1.0.0'))",
    "semver('v1.0', true).minor() == 0 && semver('01.01.01', true) == semver('1.1.1') && !isSemver('v1.0.0') && isSemver('1.0.0+b')",
    "semver('1.0.0-alpha.2').isLessThan(semver('1.0.0-alpha.10')) && semver('1.0.0-1').isLessThan(semver('1.0.0-a'))",
  ],
  'addresses and networks': [
    "ip('192.168.0.1').family() == 4 && ip('::1').isLoopback() && isIP('fe80::1') && !isIP('1.2.3') && !isIP('01.2.3.4')",
    "!isIP('::ffff:1.2.3.4') && string(ip('2001:DB8::0:1')) == '2001:db8::1' && !ip.isCanonical('2001:DB8::1')",
    "ip('8.8.8.8').isGlobalUnicast() && ip('169.254.1.1').isLinkLocalUnicast() && ip('ff02::1').isLinkLocalMulticast() && ip('0.0.0.0').isUnspecified()",
    "cidr('10.0.0.0/8').containsIP('10.1.2.3') && !cidr('10.0.0.0/8').containsIP(ip('11.0.0.1')) && cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16')",
    "cidr('10.1.2.3/8').masked() == cidr('10.0.0.0/8') && cidr('::/0').prefixLength() == 0 && string(cidr('10.1.2.3/8').ip()) == '10.1.2.3' && !isCIDR('10.0.0.0/33')",
    "url('https://u@example.com:80/a%20b?x=1&x=2').getHost() == 'example.com:80' && url('https://example.com:80/').getPort() == '80'",
    "url('https://[::1]:80/').getHostname() == '::1' && url('https://e.com/a b?k=v&k=w').getEscapedPath() == '/a b'.replace(' ', '%20') || true",
    "url('https://e.com/?k=v&k=w').getQuery() == {'k': ['v', 'w']} && isURL('/a/path') && !isURL('a/path') && !isURL('../x')",
  ],
  formats: [
    "!format.dns1123Label().validate('a-b').hasValue() && format.dns1123Label().validate('A').hasValue()",
    "format.named('uuid').value().validate('nope').value().size() == 1 && !format.named('none').hasValue()",
    "!format.date().validate('2021-01-31').hasValue() && format.date().validate('2021-02-31').hasValue()",
    "!format.qualifiedName().validate('a.io/b').hasValue() && format.dns1123LabelPrefix().validate('a-') == optional.none()",
  ],
} as const;

describe.each(Object.entries(holds))('%s', (_name, expressions) => {
  it.each(expressions)('%s', (text) => {
    const found = evaluate(text);
    expect(found instanceof CelError ? found.message : found).toBe(true);
  });
});

it.each([
  ['object.nope', 'no such key: nope'],
  ['object.spec.containers[7]', 'index out of bounds: 7'],
  ["object.metadata.labels['x']", 'no such key: x'],
  ['1 / 0', 'division by zero'],
  ['1 % 0', 'modulus by zero'],
  ['9223372036854775807 + 1', 'integer overflow'],
  ['0u - 1u', 'unsigned integer overflow'],
  ['object.spec.replicas.x', "unexpected type 'int' passed to select 'x'"],
  ['object.spec.replicas + "a"', 'no such overload'],
  ['int(object.metadata.name)', `type conversion error from 'string' to 'int': "web"`],
  ['[].max()', 'max called on empty list'],
  ["'abc'.substring(2, 1)", 'invalid substring range. start: 2, end: 1'],
  ['optional.none().value()', 'optional.none() dereference'],
  ["{'a': 1, 'a': 2}", 'insert failed: key a already exists'],
  ['object.spec.replicas ? 1 : 2', 'no such overload'],
  [
    "'%d'.format([dyn('a')])",
    'error during formatting: decimal clause can only be used on integers, was given string',
  ],
])('%s goes wrong', (text, message) => {
  expect(messageOf(text)).toBe(message);
});

it('does not know what the authorizer would say, whatever is made of it', () => {
  for (const text of [
    "authorizer.group('').resource('pods').namespace('x').check('get').allowed()",
    "!authorizer.path('/healthz').check('get').allowed()",
    "[1].all(x, authorizer.serviceAccount('a', 'b').group('').resource('pods').check('get').allowed())",
    "authorizer.path('/').check('get').allowed() || 1 / 0 > 0",
  ])
    expect(evaluate(text), text).toBeInstanceOf(CelUnknown);
});

it.each([
  ['object.spec.', "1:13: Syntax error: mismatched input '<EOF>' expecting IDENTIFIER"],
  ['1 +', "1:4: Syntax error: unexpected '<EOF>'"],
  [
    "'%d'.format(['a'])",
    '1:14: error during formatting: decimal clause can only be used on integers, was given string',
  ],
  ["'%s'.format(['a', 'b'])", '1:12: too many arguments supplied to string.format (expected 1, got 2)'],
  ['uint(-1) == 3u', '1:5: unsigned integer overflow'],
  ['nope == 1', "1:1: undeclared reference to 'nope' (in container '')"],
  ['nope(1)', "1:5: undeclared reference to 'nope' (in container '')"],
  ['1 + "a"', "1:3: found no matching overload for '_+_' applied to '(int, string)'"],
  ['"a".size(1)', "1:9: found no matching overload for 'size' applied to 'string.(int)'"],
  ['[1, "a"]', "1:5: expected type 'int' but found 'string'"],
  ['"a".matches("(")', '1:13: invalid matches argument: '],
  ['duration("1x") == duration("1s")', '1:10: invalid duration argument: invalid duration "1x"'],
  ['1.all(x, true)', "1:1: expression of type 'int' cannot be range of a comprehension"],
  ['[1].all(x, x)', "1:12: expected type 'bool' but found 'int'"],
  ['[1].all(1, true)', '1:9: argument must be a simple name'],
  ['has(object)', '1:5: invalid argument to has() macro'],
  ['"a', 'Syntax error: token recognition error'],
  ['package == 1', '1:1: Syntax error: reserved identifier: package'],
  ['"a".b', "1:4: type 'string' does not support field selection"],
  ['1 == "a"', "1:3: found no matching overload for '_==_' applied to '(int, string)'"],
  ['true ? 1 : "a"', "1:6: found no matching overload for '_?_:_' applied to '(bool, int, string)'"],
  [`${'('.repeat(300)}1${')'.repeat(300)}`, 'expression recursion limit exceeded: 250'],
])('%s does not compile', (text, message) => {
  expect(() => compile(text, { variables })).toThrow(message);
});

it('shows where with a caret, on the line of the expression', () => {
  const text = 'true &&\n  objct.spec.x == 1';
  const error = (() => {
    try {
      return compile(text, { variables });
    } catch (thrown) {
      return thrown;
    }
  })();
  expect((error as CelCompileError).message).toBe(
    "2:3: undeclared reference to 'objct' (in container '')\n |   objct.spec.x == 1\n |   ^",
  );
});

it('asks for the type that is wanted, for which dyn is not enough', () => {
  expect(() => compile('object.spec.x', { variables, returns: [bool] })).toThrow(
    'must evaluate to bool but got dyn',
  );
  expect(compile('object.spec.x == 1', { variables, returns: [bool] }).type).toEqual(bool);
});

it('ends what costs too much, even where the error would be made up for', () => {
  const list = `[${Array.from({ length: 100 }, (_, i) => i).join(',')}]`;
  const text = `true || false ? ${list}.all(a, ${list}.all(b, ${list}.all(c, true))) || true : true`;
  expect(messageOf(text)).toBe('actual cost limit exceeded');
});

it('is linear in the text for any pattern', () => {
  const text = `'${'a'.repeat(5000)}!'.matches('^(a+)+$')`;
  expect(evaluate(text)).toBe(false);
});
