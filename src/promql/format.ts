import { formatDuration } from '../kit/duration.ts';
import { metricName } from '../model/labels.ts';
import type { AtModifier, BinaryExpr, DurationExpr, Expr, VectorSelector } from './ast.ts';
import { formatNumber } from './format-number.ts';
import { quote } from './unquote.ts';

const legacyLabel = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const legacyName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
/** Words that need quotes to be read as a metric's name. */
const notNames = /^(?:bool|on|ignoring|group_left|group_right|atan2|inf|nan|and|or|unless)$/i;
/** In pretty form, what is longer is broken into lines. */
const lineWidth = 100;

/** The canonical text of an expression; with `pretty`, long ones are broken into indented lines. */
export function formatExpr(expr: Expr, pretty = false): string {
  return pretty ? prettyExpr(expr, 0) : flatExpr(expr);
}

function flatExpr(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
      return formatLiteral(expr.value, expr.isDuration);
    case 'string':
      return quote(expr.value);
    case 'paren':
      return `(${flatExpr(expr.expr)})`;
    case 'unary':
      return `${expr.op}${flatExpr(expr.expr)}`;
    case 'binary':
      return `${leftOperand(expr, flatExpr(expr.left))} ${operatorOf(expr)} ${flatExpr(expr.right)}`;
    case 'aggregate': {
      const param = expr.param === undefined ? '' : `${flatExpr(expr.param)}, `;
      return `${aggregatorOf(expr)}(${param}${flatExpr(expr.expr)})`;
    }
    case 'call':
      return `${expr.name}(${expr.args.map(flatExpr).join(', ')})`;
    case 'selector':
      return formatBareSelector(expr) + selectorSuffix(expr);
    case 'matrix':
      return `${formatBareSelector(expr.selector)}[${formatDurationExpr(expr.range)}]${selectorSuffix(expr.selector)}`;
    case 'subquery':
      return flatExpr(expr.expr) + subquerySuffix(expr);
  }
}

function prettyExpr(expr: Expr, level: number): string {
  const indent = '  '.repeat(level);
  const flat = flatExpr(expr);
  if (flat.length <= lineWidth) return indent + flat;
  switch (expr.kind) {
    case 'number':
    case 'string':
    case 'selector':
    case 'matrix':
      return indent + flat;
    case 'paren':
      return `${indent}(\n${prettyExpr(expr.expr, level + 1)}\n${indent})`;
    case 'unary':
      return `${indent}${expr.op}${prettyExpr(expr.expr, level).trimStart()}`;
    case 'binary':
      return `${leftOperand(expr, prettyExpr(expr.left, level + 1))}\n${indent}${operatorOf(expr)}\n${prettyExpr(expr.right, level + 1)}`;
    case 'aggregate': {
      const param = expr.param === undefined ? '' : `${prettyExpr(expr.param, level + 1)},\n`;
      return `${indent}${aggregatorOf(expr)}(\n${param}${prettyExpr(expr.expr, level + 1)}\n${indent})`;
    }
    case 'call': {
      const args = expr.args.map((arg) => prettyExpr(arg, level + 1)).join(',\n');
      return `${indent}${expr.name}(\n${args}\n${indent})`;
    }
    case 'subquery':
      return prettyExpr(expr.expr, level) + subquerySuffix(expr);
  }
}

/** `+Inf ^ 2` would read as `+(Inf ^ 2)`. */
function leftOperand({ op, left }: BinaryExpr, text: string): string {
  return op === '^' && left.kind === 'number' ? text.replace('+Inf', 'Inf') : text;
}

function operatorOf({ op, returnBool, matching }: BinaryExpr): string {
  let text = op + (returnBool ? ' bool' : '');
  if (matching.written && (matching.on || matching.labels.length > 0 || matching.card !== 'one-to-one'))
    text += ` ${matching.on ? 'on' : 'ignoring'} (${matching.labels.map(formatLabelName).join(', ')})`;
  if (matching.card !== 'one-to-one') {
    const side = matching.card === 'many-to-one' ? 'group_left' : 'group_right';
    text += ` ${side} (${matching.include.map(formatLabelName).join(', ')})`;
  }
  const { fillLeft, fillRight } = matching;
  if (fillLeft !== undefined && Object.is(fillLeft, fillRight))
    return `${text} fill (${formatNumber(fillLeft)})`;
  if (fillLeft !== undefined) text += ` fill_left (${formatNumber(fillLeft)})`;
  if (fillRight !== undefined) text += ` fill_right (${formatNumber(fillRight)})`;
  return text;
}

function aggregatorOf({ op, without, grouping }: Extract<Expr, { kind: 'aggregate' }>): string {
  if (!without && grouping.length === 0) return op;
  return `${op} ${without ? 'without' : 'by'} (${grouping.map(formatLabelName).join(', ')}) `;
}

function formatLabelName(name: string): string {
  return legacyLabel.test(name) ? name : quote(name);
}

function formatBareSelector({ name, matchers }: VectorSelector): string {
  const bare = legacyName.test(name) && !notNames.test(name);
  const parts = name === '' || bare ? [] : [quote(name)];
  for (const matcher of matchers) {
    if (name !== '' && matcher.name === metricName) continue;
    parts.push(`${formatLabelName(matcher.name)}${matcher.op}${quote(matcher.value)}`);
  }
  return (bare ? name : '') + (bare && parts.length === 0 ? '' : `{${parts.join(',')}}`);
}

function selectorSuffix({ at, offset, extension }: VectorSelector): string {
  return formatAt(at) + (extension === undefined ? '' : ` ${extension}`) + formatOffset(offset);
}

function subquerySuffix({ range, step, at, offset }: Extract<Expr, { kind: 'subquery' }>): string {
  const stepText = step === undefined ? '' : formatDurationExpr(step);
  return `[${formatDurationExpr(range)}:${stepText}]${formatAt(at)}${formatOffset(offset)}`;
}

function formatAt(at: AtModifier | undefined): string {
  if (at === undefined) return '';
  return typeof at === 'number' ? ` @ ${(at / 1000).toFixed(3)}` : ` @ ${at}()`;
}

function formatOffset(offset: DurationExpr | undefined): string {
  return offset === undefined ? '' : ` offset ${formatDurationExpr(offset)}`;
}

function formatDurationExpr(expr: DurationExpr): string {
  switch (expr.kind) {
    case 'number':
      return formatLiteral(expr.value, expr.isDuration);
    case 'duration-paren':
      return `(${formatDurationExpr(expr.expr)})`;
    case 'duration-unary':
      return `${expr.op}${formatDurationExpr(expr.expr)}`;
    case 'duration-binary':
      return `${formatDurationExpr(expr.left)} ${expr.op} ${formatDurationExpr(expr.right)}`;
    case 'duration-call':
      return `${expr.name}(${expr.args.map(formatDurationExpr).join(', ')})`;
  }
}

function formatLiteral(value: number, isDuration: boolean): string {
  return isDuration ? formatDuration(Math.round(value * 1000)) : formatNumber(value);
}
