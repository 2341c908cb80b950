import { useEffect, useRef } from 'react';
import { isTyping } from '../../components/isTyping.js';

/** Keys of the editor beside those that change the graph (`useGraphEditing`). */
export function useEditorKeys(acts: {
  /** While a dialog is open, only saving works. */
  isPaused: boolean;
  onSave: () => void;
  onUndo: () => void;
  onRedo: () => void;
  onChooseRun: () => void;
  onHideRun: () => void;
}): void {
  const latest = useRef(acts);
  latest.current = acts;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.altKey) return;
      const { isPaused, onSave, onUndo, onRedo, onChooseRun, onHideRun } = latest.current;
      const isCommand = event.ctrlKey || event.metaKey;
      const key = event.key.toLowerCase();
      const does = (work: () => void) => {
        event.preventDefault();
        work();
      };
      if (isCommand && key === 's') does(onSave);
      // A select takes letters, but has nothing of its own to undo.
      else if (isPaused || (isTyping(event.target) && !(isCommand && event.target instanceof HTMLSelectElement)))
        return;
      else if (isCommand && key === 'y') does(onRedo);
      else if (isCommand && key === 'z') does(event.shiftKey ? onRedo : onUndo);
      else if (!isCommand && key === 'r') does(event.shiftKey ? onHideRun : onChooseRun);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
