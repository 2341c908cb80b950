import type { ReactNode, Ref } from 'react';
import { Icon, type IconName } from './Icon.js';

const ICONS: Record<'bad' | 'warn' | 'busy' | 'ok', IconName> = {
  bad: 'alert',
  warn: 'alert',
  busy: 'info',
  ok: 'check',
};

/** A message that stands in the page: what happened, and what to do about it. */
export function Callout({
  tone,
  title,
  children,
  actions,
  ref,
}: {
  tone: 'bad' | 'warn' | 'busy' | 'ok';
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
  ref?: Ref<HTMLDivElement>;
}) {
  return (
    <div ref={ref} className={`callout tone-${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
      <Icon name={ICONS[tone]} size={18} />
      <div className="callout-body">
        <p className="callout-title">{title}</p>
        {children && <div className="callout-text">{children}</div>}
      </div>
      {actions && <div className="callout-actions">{actions}</div>}
    </div>
  );
}
