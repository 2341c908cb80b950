import type { Tone } from './Badge.js';

/** A bar from 0 to 1; without `value` it only says that something goes on. */
export function Progress({ value, label, tone = 'busy' }: { value?: number; label: string; tone?: Tone }) {
  const percent = value === undefined ? undefined : Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <div
      className={`progress tone-${tone} ${percent === undefined ? 'is-indeterminate' : ''}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <div className="progress-fill" style={percent === undefined ? undefined : { width: `${percent}%` }} />
    </div>
  );
}
