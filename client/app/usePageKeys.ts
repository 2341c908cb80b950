import { useEffect } from 'react';
import { isTyping } from '../components/isTyping.js';

/** The keys of every page: `?` asks for help, `/` goes to the search. Windows on top have keys of their own. */
export function usePageKeys(onHelp: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector('dialog[open]')) return;
      const search = event.key === '/' && document.querySelector<HTMLElement>('main input[type=search]');
      if (event.key !== '?' && !search) return;
      event.preventDefault();
      if (search) search.focus();
      else onHelp();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [onHelp]);
}
