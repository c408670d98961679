const idForm = /^[A-Za-z0-9][A-Za-z0-9.-]*\+?$/;
const operatorForm = /^(?:AND|OR|WITH)$/;

/** Whether a text can stand where an SPDX licence expression is wanted: ids, `AND`, `OR`, `WITH` and parentheses, well formed. */
export function isLicenseExpression(text: string): boolean {
  if (text.length > 500) return false;
  let shape = (text.match(/[()]|[^\s()]+/g) ?? []).map(shapeOf).join('');
  // What is between two terms, or around one, makes a term again, until one is left of a sound expression.
  for (let next = ''; next !== shape; ) {
    next = shape;
    shape = shape.replace(/\(t\)/g, 't').replace(/tot/g, 't');
  }
  return shape === 't';
}

function shapeOf(token: string): string {
  if (token === '(' || token === ')') return token;
  if (operatorForm.test(token)) return 'o';
  return idForm.test(token) ? 't' : 'x';
}
