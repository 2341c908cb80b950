import type { ReactNode } from 'react';
import { Button } from './Button.js';
import { Dialog } from './Dialog.js';

/** Asks once more before something is done that cannot be taken back. */
export function ConfirmDialog({
  title,
  act,
  isBusy = false,
  onConfirm,
  onClose,
  children,
}: {
  title: string;
  /** What the button that does it says: a verb and what it is done to. */
  act: string;
  isBusy?: boolean;
  onConfirm: () => void;
  onClose: () => void;
  /** What goes, and what stays. */
  children: ReactNode;
}) {
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button look="danger" isBusy={isBusy} onClick={onConfirm}>
            {act}
          </Button>
        </>
      }
    >
      {children}
    </Dialog>
  );
}
