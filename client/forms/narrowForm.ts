import type { JsonSchema } from '@jsonforms/core';

type Json = Record<string, unknown>;

/** A group of settings as a UI schema has it. */
export interface SettingGroup {
  label: string;
  names: string[];
  element: Json;
}

const nameOf = (scope: string) => scope.replace('#/properties/', '').replaceAll('~1', '/').replaceAll('~0', '~');
const elementsOf = (element: unknown) => ((element as Json | null)?.elements ?? []) as Json[];

function namesIn(element: Json): string[] {
  return typeof element.scope === 'string' ? [nameOf(element.scope)] : elementsOf(element).flatMap(namesIn);
}

/** The outer groups of a UI schema, with the settings in each. */
export const groupsOf = (uiSchema: unknown): SettingGroup[] =>
  elementsOf(uiSchema).map((element) => ({ label: String(element.label ?? ''), names: namesIn(element), element }));

/** Whether a setting has what is looked for in its name, its title, its help or the label of its group. */
export function isFound(search: string, name: string, schema: JsonSchema | undefined, group: string): boolean {
  const wanted = search.trim().toLowerCase();
  if (wanted === '') return true;
  return [name, schema?.title, schema?.description, group].some((text) => text?.toLowerCase().includes(wanted));
}

/** What is left of a UI schema with some settings alone, its groups foldable.
 * @param isOpen for each group: whether it starts open. */
export function narrowForm(
  uiSchema: unknown,
  keeps: (name: string, group: string) => boolean,
  isOpen: (names: readonly string[]) => boolean,
): Json {
  const narrow = (element: Json, group: string): Json[] => {
    if (typeof element.scope === 'string') return keeps(nameOf(element.scope), group) ? [element] : [];
    const elements = elementsOf(element).flatMap((inner) => narrow(inner, group));
    if (elements.length === 0) return [];
    const options = { ...(element.options as Json | undefined) };
    if (options.collapsed) options.collapsed = !isOpen(namesIn({ elements }));
    return [{ ...element, elements, options }];
  };
  const elements = groupsOf(uiSchema).flatMap(({ label, element }) =>
    narrow(element, label).map((left) => ({
      ...left,
      options: { ...(left.options as Json | undefined), collapsed: !isOpen(namesIn(left)) },
    })),
  );
  return { ...(uiSchema as Json), elements };
}
