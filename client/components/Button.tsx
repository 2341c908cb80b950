import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import type { Scope } from '../gql/graphql.js';
import { useRefusal } from './access.js';
import { Icon, type IconName } from './Icon.js';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `primary` once per view; `danger` for what cannot be undone. */
  look?: 'primary' | 'plain' | 'quiet' | 'danger';
  icon?: IconName;
  /** Shows a spinner and takes no clicks; stays focusable. */
  isBusy?: boolean;
  /** Scope (or any one of several) that its act needs; without it the button says why it does nothing. */
  needs?: Scope | readonly Scope[];
  ref?: Ref<HTMLButtonElement>;
  children?: ReactNode;
}

export function Button({
  look = 'plain',
  icon,
  isBusy = false,
  needs,
  children,
  className,
  onClick,
  ...rest
}: ButtonProps) {
  const refusal = useRefusal(needs);
  const isStill = isBusy || refusal !== null;
  return (
    <button
      type="button"
      {...rest}
      className={`button button-${look} ${className ?? ''}`}
      {...(refusal !== null && { title: refusal, 'aria-description': refusal, disabled: false })}
      aria-disabled={isStill || rest['aria-disabled']}
      onClick={isStill ? (event) => event.preventDefault() : onClick}
    >
      {isBusy ? <span className="spinner" aria-hidden="true" /> : icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** A button that shows only a sign; `label` is read out and shown as tooltip. */
export function IconButton({
  label,
  icon,
  ...rest
}: Omit<ButtonProps, 'children'> & { label: string; icon: IconName }) {
  return (
    <Button
      look="quiet"
      {...rest}
      icon={icon}
      aria-label={label}
      title={label}
      className={`button-icon ${rest.className ?? ''}`}
    />
  );
}
