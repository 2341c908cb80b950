import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef, useState } from 'react';
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

type Shown = Notice & { id: number };

/** Long enough to be read twice, and to reach for what it offers. */
const SHOWN_MS = 10_000;
/** More would cover what people work on. */
const MOST = 3;

const NoticeContext = createContext<(notice: Notice) => void>(() => {});

/** Says that something was done. */
export const useNotify = () => useContext(NoticeContext);

/** F8 goes to the newest notice and back to where the focus was; so does a notice that goes while it has the focus. */
function useNoticeFocus() {
  const region = useRef<HTMLElement>(null);
  const from = useRef<HTMLElement | null>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const newest = region.current?.querySelector<HTMLElement>('[data-newest] > button');
      if (event.key !== 'F8' || !newest) return;
      event.preventDefault();
      if (region.current?.contains(document.activeElement)) from.current?.focus();
      else newest.focus();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  const enter = (before: EventTarget | null) => {
    if (!(before instanceof Node && region.current?.contains(before))) from.current = before as HTMLElement | null;
  };
  const leave = () => {
    if (region.current?.contains(document.activeElement)) from.current?.focus();
  };
  return { region, enter, leave };
}

/** Shows what its parts have to say at the bottom of the page. It takes no focus and goes by itself, but stays while the mouse or the
 * focus is on it. What was done is read out when nothing else is, what was not at once. */
export function Notices({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<readonly Shown[]>([]);
  const [isHeld, setHeld] = useState(false);
  const { region, enter, leave } = useNoticeFocus();
  const notify = useCallback(
    (notice: Notice) =>
      setShown((old) => {
        const id = (old.at(-1)?.id ?? 0) + 1;
        const others = old.filter(({ about }) => about === undefined || about !== notice.about);
        return [...others, { ...notice, id }].slice(-MOST);
      }),
    [],
  );
  useEffect(() => {
    if (shown.length === 0 || isHeld) return;
    const timer = setTimeout(() => setShown((old) => old.slice(1)), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [shown, isHeld]);
  const dismiss = (id: number) => {
    leave();
    setShown((old) => old.filter((notice) => notice.id !== id));
    setHeld(false);
  };
  const viewOf = (notice: Shown) => (
    <NoticeView
      key={notice.id}
      notice={notice}
      isNewest={notice === shown.at(-1)}
      onHold={setHeld}
      onDismiss={() => dismiss(notice.id)}
    />
  );
  const isBad = ({ tone }: Notice) => tone === 'bad';
  return (
    <NoticeContext value={notify}>
      {children}
      <section
        ref={region}
        className="notices"
        aria-label="Notices"
        onFocus={({ relatedTarget }) => enter(relatedTarget)}
      >
        <div role="status" aria-atomic="false">
          {shown.filter((notice) => !isBad(notice)).map(viewOf)}
        </div>
        <div role="alert" aria-atomic="false">
          {shown.filter(isBad).map(viewOf)}
        </div>
      </section>
    </NoticeContext>
  );
}

function NoticeView({
  notice: { text, tone = 'ok', act },
  isNewest,
  onHold,
  onDismiss,
}: {
  notice: Notice;
  isNewest: boolean;
  onHold: (isHeld: boolean) => void;
  onDismiss: () => void;
}) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only keeps it from going; what it offers are buttons.
    <div
      className={`notice tone-${tone}`}
      data-newest={isNewest || undefined}
      onMouseEnter={() => onHold(true)}
      onMouseLeave={() => onHold(false)}
      onFocus={() => onHold(true)}
      onBlur={() => onHold(false)}
      onKeyDown={(event) => event.key === 'Escape' && onDismiss()}
    >
      <Icon name={tone === 'ok' ? 'check' : 'alert'} />
      <p>{text}</p>
      {act && (
        <Button
          look="quiet"
          aria-keyshortcuts={isNewest ? 'F8' : undefined}
          onClick={() => {
            onDismiss();
            act.onAct();
          }}
        >
          {act.label}
        </Button>
      )}
      <IconButton icon="close" label="Dismiss" onClick={onDismiss} />
    </div>
  );
}
