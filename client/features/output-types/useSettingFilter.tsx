import type { JsonSchema } from '@jsonforms/core';
import { useState } from 'react';
import { SearchField } from '../../components/SearchField.js';
import { isFound, narrowForm } from '../../forms/narrowForm.js';

interface SettingFilter {
  /** The search field and the switch. */
  bar: React.ReactNode;
  /** Another one whenever another part of the settings is shown. */
  key: string;
  keeps: (name: string, schema: JsonSchema | undefined, group: string) => boolean;
  /** Whether a group with these settings starts open. */
  isOpen: (names: readonly string[]) => boolean;
  /** The UI schema of a form with what is kept of it. */
  narrowed: (uiSchema: unknown, properties: Record<string, JsonSchema>) => Record<string, unknown>;
}

/** Finds settings by text, and shows those alone that are set; so it begins where there are any.
 * @param used names that are set now. Which ones are shown changes with the switch alone: a field that is reset must not go away. */
export function useSettingFilter(used: readonly string[], onlyUsed: string): SettingFilter {
  const [search, setSearch] = useState('');
  const [atFirst] = useState(used);
  const [shown, setShown] = useState(used.length > 0 ? used : null);
  const keeps: SettingFilter['keeps'] = (name, schema, group) =>
    (!shown || shown.includes(name)) && isFound(search, name, schema, group);
  const isOpen: SettingFilter['isOpen'] = (names) =>
    search !== '' || shown !== null || names.some((name) => atFirst.includes(name));
  return {
    key: `${search} ${shown?.join() ?? ''}`,
    keeps,
    isOpen,
    narrowed: (uiSchema, properties) =>
      narrowForm(uiSchema, (name, group) => keeps(name, properties[name], group), isOpen),
    bar: (
      <div className="setting-filter">
        <SearchField label="Find a setting" placeholder="Find a setting" onSearch={setSearch} />
        <label className="setting-switch">
          <input
            type="checkbox"
            checked={shown !== null}
            onChange={(event) => setShown(event.target.checked ? used : null)}
          />{' '}
          {onlyUsed} ({used.length})
        </label>
      </div>
    ),
  };
}
