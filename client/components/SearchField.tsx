import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { Icon } from './Icon.js';
import { useDebounced } from './useDebounced.js';

/** Narrows a list down by text; says so once the typing pauses. */
export function SearchField({
  label,
  placeholder,
  value = '',
  onSearch,
}: {
  /** What is searched, for those who do not see where the field stands. */
  label: string;
  placeholder: string;
  /** What is searched for, where the address keeps it: a link may change it. */
  value?: string;
  onSearch: (text: string) => void;
}) {
  const [text, setText] = useState(value);
  const settled = useDebounced(text.trim());
  const known = useRef(value);
  const say = useEffectEvent(() => {
    if (settled === known.current) return;
    known.current = settled;
    onSearch(settled);
  });
  useEffect(() => say(), [settled]);
  useEffect(() => {
    if (value === known.current) return;
    known.current = value;
    setText(value);
  }, [value]);
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
