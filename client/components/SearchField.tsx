import { useEffect, useState } from 'react';
import { Icon } from './Icon.js';
import { useDebounced } from './useDebounced.js';

/** Narrows a list down by text; says so once the typing pauses. */
export function SearchField({
  label,
  placeholder,
  initial = '',
  onSearch,
}: {
  /** What is searched, for those who do not see where the field stands. */
  label: string;
  placeholder: string;
  /** What was searched before, where the address keeps it. */
  initial?: string;
  onSearch: (text: string) => void;
}) {
  const [text, setText] = useState(initial);
  const settled = useDebounced(text.trim());
  useEffect(() => onSearch(settled), [settled, onSearch]);
  return (
    <span className="search-field">
      <Icon name="search" size={14} />
      <input
        type="search"
        className="control"
        aria-label={label}
        placeholder={placeholder}
        maxLength={200}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </span>
  );
}
