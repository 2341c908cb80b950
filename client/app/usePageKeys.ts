import { useEffect } from 'react';
import { isTyping } from '../components/isTyping.js';
import { goToNextPart } from './pageParts.js';

/** The keys of every page: `?` asks for help, `/` goes to the search, F6 to the next part. Windows on top have keys of their own. */
export function usePageKeys(onHelp: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (document.querySelector('dialog[open]')) return;
      const does = (work: () => void) => {
        event.preventDefault();
        work();
      };
      if (event.key === 'F6') does(() => goToNextPart(event.shiftKey ? -1 : 1));
      if (isTyping(event.target)) return;
      const search = document.querySelector<HTMLElement>('main input[type=search]');
      if (event.key === '/' && search) does(() => search.focus());
      else if (event.key === '?') does(onHelp);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [onHelp]);
}
