import type { ReactNode } from 'react';
import { Button } from './Button.js';

/** The buttons under a dialog that is a form: to leave it, and to do what it is for. */
export function SubmitButtons({
  isBusy = false,
  disabled = false,
  onCancel,
  children,
}: {
  isBusy?: boolean;
  /** Something is still missing. */
  disabled?: boolean;
  onCancel: () => void;
  /** What it does. */
  children: ReactNode;
}) {
  return (
    <>
      <Button onClick={onCancel}>Not now</Button>
      <Button look="primary" isBusy={isBusy} disabled={disabled} type="submit">
        {children}
      </Button>
    </>
  );
}
