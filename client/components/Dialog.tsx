import { createContext, type ReactNode, useContext, useId, useLayoutEffect, useRef } from 'react';
import { IconButton } from './Button.js';

/** Where typing begins. */
const FIRST_FIELD = '.dialog-body :is(input, select, textarea):not(:disabled, [type="hidden"], .visually-hidden)';

/** What every dialog says above all else: it covers where the page would say it. */
export const DialogNoteContext = createContext<ReactNode>(null);

/** A modal window on the browser's own `<dialog>`: focus stays inside, Escape closes, focus returns. Mounted means open. */
export function Dialog({
  title,
  onClose,
  onSubmit,
  children,
  footer,
  size = 'md',
}: {
  title: string;
  onClose: () => void;
  /** Makes a form of it: Enter in a field does what its button of type `submit` does. */
  onSubmit?: () => void;
  children: ReactNode;
  footer?: ReactNode;
  size?: 'md' | 'lg' | 'full';
}) {
  const note = useContext(DialogNoteContext);
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // Closed while it is still in the page: only then the focus returns to where it was.
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (dialog && !dialog.open) {
      dialog.showModal();
      if (onSubmit) dialog.querySelector<HTMLElement>(FIRST_FIELD)?.focus();
    }
    return () => dialog?.close();
  }, []);

  const content = (
    <>
      <div className="dialog-body">{children}</div>
      {footer && <footer className="dialog-footer">{footer}</footer>}
    </>
  );
  return (
    <dialog
      ref={ref}
      className={`dialog dialog-${size}`}
      aria-labelledby={titleId}
      onCancel={(event) => {
        // Bubbles up from file inputs too.
        if (event.target !== ref.current) return;
        event.preventDefault();
        onClose();
      }}
    >
      <header className="dialog-header">
        <h2 id={titleId}>{title}</h2>
        <IconButton icon="close" label="Close" onClick={onClose} />
      </header>
      {note}
      {onSubmit ? (
        <form
          className="dialog-form"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            onSubmit();
          }}
        >
          {content}
        </form>
      ) : (
        content
      )}
    </dialog>
  );
}
