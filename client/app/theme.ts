import { useSyncExternalStore } from 'react';

export const THEMES = ['system', 'light', 'dark'] as const;
/** What the person chose; `system` follows the device. */
export type Theme = (typeof THEMES)[number];

const KEY = 'hartomat.theme';
const prefersLight = window.matchMedia('(prefers-color-scheme: light)');
const listeners = new Set<() => void>();

function chosenTheme(): Theme {
  const stored = localStorage.getItem(KEY);
  return THEMES.find((theme) => theme === stored) ?? 'system';
}

function paint(): void {
  const theme = chosenTheme();
  const isLight = theme === 'light' || (theme === 'system' && prefersLight.matches);
  document.documentElement.dataset.theme = isLight ? 'light' : 'dark';
}

/** Paints the remembered theme and follows the device from now on. Call once, before anything is drawn. */
export function startTheme(): void {
  paint();
  prefersLight.addEventListener('change', paint);
}

function setTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  paint();
  for (const listener of listeners) listener();
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  const theme = useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, chosenTheme);
  return [theme, setTheme];
}
