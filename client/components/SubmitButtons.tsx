import type { ComponentProps } from 'react';
import { Button } from './Button.js';

/** The buttons under a dialog that is a form: to leave it, and to do what it is for. */
export function SubmitButtons({
  onCancel,
  ...submit
}: {
  onCancel: () => void;
} & Pick<ComponentProps<typeof Button>, 'look' | 'icon' | 'needs' | 'isBusy' | 'disabled' | 'children'>) {
  return (
    <>
      <Button onClick={onCancel}>Not now</Button>
      <Button look="primary" {...submit} type="submit" />
    </>
  );
}
