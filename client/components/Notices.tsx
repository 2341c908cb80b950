import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react';
import { Button, IconButton } from './Button.js';
import { Icon } from './Icon.js';

/** Something that was done, for whoever did it and cannot see it where they are. */
export interface Notice {
  text: string;
  /** What it is about: a newer one about the same takes its place. */
  about?: string;
  /** `bad`: it was not done after all. */
  tone?: 'ok' | 'bad';
  /** What can be done about it: take it back, or go and look. */
  act?: { label: string; onAct: () => void };
}

/** Long enough to be read twice, and to reach for what it offers. */
const SHOWN_MS = 10_000;
/** More would cover what people work on. */
const MOST = 3;

const NoticeContext = createContext<(notice: Notice) => void>(() => {});

/** Says that something was done. */
export const useNotify = () => useContext(NoticeContext);

/** Shows what its parts have to say in the corner of the page, politely: it is read out when nothing else is, takes no focus, goes by itself,
 * and stays while the mouse or the focus is on it. */
export function Notices({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<readonly (Notice & { id: number })[]>([]);
  const [isHeld, setHeld] = useState(false);
  const notify = useCallback(
    (notice: Notice) =>
      setShown((old) => {
        const id = (old.at(-1)?.id ?? 0) + 1;
        const others = old.filter(({ about }) => about === undefined || about !== notice.about);
        return [...others, { ...notice, id }].slice(-MOST);
      }),
    [],
  );
  const dismiss = (id: number) => {
    setShown((old) => old.filter((notice) => notice.id !== id));
    setHeld(false);
  };
  useEffect(() => {
    if (shown.length === 0 || isHeld) return;
    const timer = setTimeout(() => setShown((old) => old.slice(1)), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [shown, isHeld]);
  return (
    <NoticeContext value={notify}>
      {children}
      <div className="notices" role="status" aria-atomic="false">
        {shown.map(({ id, text, tone = 'ok', act }) => (
          // biome-ignore lint/a11y/noStaticElementInteractions: only keeps it from going; what it offers are buttons.
          <div
            key={id}
            className={`notice tone-${tone}`}
            onMouseEnter={() => setHeld(true)}
            onMouseLeave={() => setHeld(false)}
            onFocus={() => setHeld(true)}
            onBlur={() => setHeld(false)}
            onKeyDown={(event) => event.key === 'Escape' && dismiss(id)}
          >
            <Icon name={tone === 'ok' ? 'check' : 'alert'} />
            <p>{text}</p>
            {act && (
              <Button
                look="quiet"
                onClick={() => {
                  dismiss(id);
                  act.onAct();
                }}
              >
                {act.label}
              </Button>
            )}
            <IconButton icon="close" label="Dismiss" onClick={() => dismiss(id)} />
          </div>
        ))}
      </div>
    </NoticeContext>
  );
}
