import { useEffect } from 'react';
import { type Blocker, useBlocker } from 'react-router';

/** Keeps a page from being left before its changes are saved: other pages wait for the save, the browser asks.
 * A blocker that stays `blocked` says that the save did not work. */
export function useDraftGuard(isDirty: boolean, save: () => Promise<boolean>): Blocker {
  useEffect(() => {
    if (!isDirty) return;
    const warn = (event: BeforeUnloadEvent) => {
      event.preventDefault();
      // Whoever stays finds it saved.
      save();
    };
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [isDirty, save]);
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => isDirty && currentLocation.pathname !== nextLocation.pathname,
  );
  useEffect(() => {
    if (blocker.state === 'blocked') save().then((isSaved) => isSaved && blocker.proceed());
    // Once for every try to leave; the blocker is another object with every render.
  }, [blocker.state]);
  return blocker;
}
