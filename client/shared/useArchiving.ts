import { useNotify } from '../components/Notices.js';
import type { Problem } from './errors.js';

/** Puts a thing away (true) or offers it again (false). @returns why not; null: done. */
type Archive = (isArchived: boolean) => Promise<Problem | null>;

/** Puts things away and brings them back; says so, and offers the way back: what was put away leaves most lists.
 * @param onProblem hears how it went; null: well.
 * @param onDone after every try, for the list to be looked at again. */
export function useArchiving(onProblem: (problem: Problem | null) => void, onDone: () => void = () => {}) {
  const notify = useNotify();
  return async (label: string, isArchived: boolean, archive: Archive): Promise<void> => {
    const problem = await archive(isArchived);
    onProblem(problem);
    onDone();
    if (problem) return;
    const undo = async () => {
      const refusal = await archive(!isArchived);
      onDone();
      if (refusal) notify({ about: label, text: `“${label}” stays as it is: ${refusal.message}`, tone: 'bad' });
    };
    notify({
      about: label,
      text: isArchived ? `“${label}” is archived.` : `“${label}” is offered again.`,
      act: { label: 'Undo', onAct: undo },
    });
  };
}
