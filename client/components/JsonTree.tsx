import { useState } from 'react';
import { Icon } from './Icon.js';

const PAGE = 100;

function Scalar({ value }: { value: unknown }) {
  if (typeof value === 'string')
    return /^#[0-9a-f]{6}$/i.test(value) ? (
      <span className="json-string">
        <span className="swatch" style={{ background: value }} aria-hidden="true" />"{value}"
      </span>
    ) : (
      <span className="json-string">"{value}"</span>
    );
  return <span className="json-scalar">{String(value)}</span>;
}

function summary(value: object): string {
  if (Array.isArray(value)) return `${value.length} ${value.length === 1 ? 'item' : 'items'}`;
  const keys = Object.keys(value);
  return keys.length > 4 ? `${keys.slice(0, 4).join(', ')}, …` : keys.join(', ');
}

function Branch({ name, value, depth, openTo }: { name: string; value: unknown; depth: number; openTo: number }) {
  const [isOpen, setOpen] = useState(depth < openTo);
  const [shown, setShown] = useState(PAGE);
  const isTree = typeof value === 'object' && value !== null;
  const entries = isOpen && isTree ? Object.entries(value) : [];
  if (!isTree)
    return (
      <li className="json-leaf">
        <span className="json-key">{name}</span> <Scalar value={value} />
      </li>
    );
  return (
    <li>
      <button type="button" className="json-toggle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Icon name={isOpen ? 'chevronDown' : 'chevronRight'} size={12} />
        <span className="json-key">{name}</span>
        <span className="json-summary">{summary(value)}</span>
      </button>
      {isOpen && (
        <ul>
          {entries.slice(0, shown).map(([key, child]) => (
            <Branch key={key} name={key} value={child} depth={depth + 1} openTo={openTo} />
          ))}
          {entries.length > shown && (
            <li>
              <button type="button" className="json-toggle" onClick={() => setShown(shown + PAGE)}>
                <span className="json-summary">{entries.length - shown} more …</span>
              </button>
            </li>
          )}
        </ul>
      )}
    </li>
  );
}

/** Any JSON as a tree that opens and closes; long lists come in pages. */
export function JsonTree({ value, openTo = 2, label = 'JSON' }: { value: unknown; openTo?: number; label?: string }) {
  const isTree = typeof value === 'object' && value !== null;
  if (!isTree) return <Scalar value={value} />;
  const entries = Object.entries(value);
  if (entries.length === 0) return <span className="muted">empty</span>;
  return (
    <ul className="json" aria-label={label}>
      {entries.slice(0, PAGE * 5).map(([key, child]) => (
        <Branch key={key} name={key} value={child} depth={1} openTo={openTo} />
      ))}
    </ul>
  );
}
