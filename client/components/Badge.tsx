import type { ReactNode } from 'react';
import { Icon, type IconName } from './Icon.js';

export type Tone = 'ok' | 'busy' | 'bad' | 'warn' | 'calm' | 'reused';

/** A short state: colour, sign and text together, never colour alone. */
export function Badge({ tone, icon, children }: { tone: Tone; icon?: IconName; children: ReactNode }) {
  return (
    <span className={`badge tone-${tone}`}>
      {icon && (
        <Icon name={icon} size={13} className={tone === 'busy' && icon === 'refresh' ? 'is-turning' : undefined} />
      )}
      {children}
    </span>
  );
}
