import type { ComponentProps, ReactNode } from 'react';
import { Button } from './Button.js';

/** The buttons under a dialog that is a form: to leave it, and to do what it is for. */
export function SubmitButtons({
  onCancel,
  beside,
  ...submit
}: {
  onCancel: () => void;
  /** A button for another way of doing it. */
  beside?: ReactNode;
} & Pick<ComponentProps<typeof Button>, 'look' | 'icon' | 'needs' | 'isBusy' | 'disabled' | 'children'>) {
  return (
    <>
      <Button onClick={onCancel}>Not now</Button>
      {beside}
      <Button look="primary" {...submit} type="submit" />
    </>
  );
}
