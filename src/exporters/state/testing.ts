import { render } from './rendered.ts';
import { resources } from './resources/index.ts';
import { type FamilySelection, selectFamilies } from './select-families.ts';

/** For tests: the series of an object, sorted, as the text formats write them; of metrics whose name has `part`. */
export function seriesOf(
  resource: string,
  object: object,
  part = '',
  selection: FamilySelection = {},
): readonly string[] {
  const [selected] = selectFamilies(
    resources.filter((one) => one.resource === resource),
    selection,
  );
  if (selected === undefined) throw new Error(`there is no resource ${resource}`);
  const { identity, families, labels, values } = render(
    object as Readonly<Record<string, unknown>>,
    selected,
  );
  return families
    .map((family, i) => {
      const name = selected.families[family]?.name ?? '';
      return `${name}{${identity}${labels[i] === '' ? '' : `,${labels[i]}`}} ${values[i]}`;
    })
    .filter((line) => line.slice(0, line.indexOf('{')).includes(part))
    .sort();
}
