import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Scope } from '../gql/graphql.js';
import { useRefusal } from './access.js';
import { Button } from './Button.js';
import { Icon, type IconName } from './Icon.js';

/** A link that looks like a button: it leads to where something is done. Without the scope for it, it says why not. */
export function ButtonLink({
  to,
  look = 'plain',
  icon,
  needs,
  children,
}: {
  to: string;
  look?: 'primary' | 'plain';
  icon?: IconName;
  needs?: Scope;
  children: ReactNode;
}) {
  const refusal = useRefusal(needs);
  if (refusal)
    return (
      <Button look={look} icon={icon} needs={needs}>
        {children}
      </Button>
    );
  return (
    <Link className={`button button-${look}`} to={to}>
      {icon && <Icon name={icon} />}
      {children}
    </Link>
  );
}
