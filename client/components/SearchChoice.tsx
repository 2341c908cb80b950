import { useCombobox } from 'downshift';
import { useEffect, useRef, useState } from 'react';
import { Icon } from './Icon.js';
import { useAnchored } from './useAnchored.js';
import { useDebounced } from './useDebounced.js';

export interface SearchOption {
  id: string;
  label: string;
  /** A second, quieter piece: an article number. */
  note?: string;
}

/** One of more things than fit a list: typing asks for those that fit (the combobox pattern of WAI-ARIA). */
export function SearchChoice<Option extends SearchOption>({
  label,
  isLabelHidden = false,
  placeholder,
  options,
  chosen,
  isLoading,
  more,
  onSearch,
  onChoose,
}: {
  label: string;
  /** Where the place says it already. */
  isLabelHidden?: boolean;
  placeholder?: string;
  /** Those that fit what was typed last. */
  options: readonly Option[];
  chosen: SearchOption | null;
  isLoading: boolean;
  /** How many fit beyond those offered. */
  more: number;
  onSearch: (text: string) => void;
  /** @param option - the one of `options` that was chosen: by the time it is told, these may be others. */
  onChoose: (option: Option | null) => void;
}) {
  const [text, setText] = useState('');
  const settled = useDebounced(text.trim());
  useEffect(() => onSearch(settled), [settled, onSearch]);
  const box = useCombobox<SearchOption>({
    items: [...options],
    selectedItem: chosen,
    itemToString: (option) => option?.label ?? '',
    onInputValueChange: ({ inputValue, type }) => {
      if (type === useCombobox.stateChangeTypes.InputChange) setText(inputValue);
    },
    onSelectedItemChange: ({ selectedItem }) => {
      setText('');
      onChoose(selectedItem as Option | null);
    },
    // What was typed and not chosen goes with the focus, so that the field always says what is chosen.
    stateReducer: (_state, { type, changes }) =>
      type === useCombobox.stateChangeTypes.InputBlur
        ? { ...changes, selectedItem: chosen, inputValue: chosen?.label ?? '' }
        : changes,
  });
  const field = useRef<HTMLSpanElement>(null);
  const place = useAnchored(field, box.isOpen);
  const { htmlFor, ...labelProps } = box.getLabelProps();
  return (
    <div className="labelled search-choice">
      <label htmlFor={htmlFor} {...labelProps} className={isLabelHidden ? 'visually-hidden' : undefined}>
        {label}
      </label>
      <span className="search-field" ref={field}>
        <Icon name="search" size={14} />
        <input
          {...box.getInputProps({ onFocus: (event) => event.currentTarget.select() })}
          className="control"
          placeholder={placeholder}
          maxLength={200}
        />
      </span>
      <div className="search-options" style={place} hidden={!box.isOpen}>
        <ul {...box.getMenuProps()}>
          {box.isOpen &&
            options.map((option, index) => (
              <li
                key={option.id}
                {...box.getItemProps({ item: option, index })}
                data-highlighted={index === box.highlightedIndex || undefined}
              >
                <span className="truncate">{option.label}</span>
                {option.note && <span className="muted mono">{option.note}</span>}
              </li>
            ))}
        </ul>
        <p className="muted" role="status">
          {options.length === 0 && (isLoading ? 'Searching …' : 'Nothing fits.')}
          {more > 0 && `${more} more: type to narrow them down.`}
        </p>
      </div>
    </div>
  );
}
