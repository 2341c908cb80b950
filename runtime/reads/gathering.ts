import DataLoader from 'dataloader';

/** Lots of one sort that are under way side by side before further questions wait. With one, whoever comes second would wait twice. */
const SIDE_BY_SIDE = 2;

interface Line<Asked, Answer> {
  /** Null once nothing is under way any more: tables that the map has outgrown hold lines until the next full garbage collection, and
   * a loader its last lot with all that was read for it. */
  loader: DataLoader<Asked, Answer> | null;
  /** Lots that were sent and are not answered yet. */
  underWay: number;
  /** Send the lots that wait for their turn. */
  waiting: (() => void)[];
}

/** Lets questions of one sort go together: those of one tick, and all that come while two lots of their sort are under way, which go
 * when one of these is answered. Under load a few statements do for many clients then, and a client alone waits for nobody.
 * Nobody is given an answer to a question that was sent before theirs, so everybody sees what was written before they asked. */
export class Gathering<Asked extends NonNullable<unknown>, Answer> {
  private readonly lines = new Map<unknown, Line<Asked, Answer>>();

  /** @param answer - answers a lot, in its order; the same for all questions of the sort */
  ask(sort: unknown, asked: Asked, answer: (lot: readonly Asked[]) => Promise<readonly Answer[]>): Promise<Answer> {
    let line = this.lines.get(sort);
    if (!line) {
      line = this.open(sort, answer);
      this.lines.set(sort, line);
    }
    return line.loader!.load(asked);
  }

  /** Sorts of which anything is under way. */
  get size(): number {
    return this.lines.size;
  }

  private open(sort: unknown, answer: (lot: readonly Asked[]) => Promise<readonly Answer[]>): Line<Asked, Answer> {
    const line: Line<Asked, Answer> = {
      underWay: 0,
      waiting: [],
      loader: new DataLoader<Asked, Answer>(
        async (lot) => {
          try {
            return await answer(lot);
          } finally {
            line.underWay--;
            if (line.waiting.length > 0) send(line.waiting.shift()!);
            else if (line.underWay === 0) {
              this.lines.delete(sort);
              line.loader = null;
            }
          }
        },
        {
          cache: false,
          batchScheduleFn: (dispatch) => {
            if (line.underWay < SIDE_BY_SIDE) send(() => atEndOfTick(dispatch));
            else line.waiting.push(dispatch);
          },
        },
      ),
    };
    const send = (dispatch: () => void) => {
      line.underWay++;
      dispatch();
    };
    return line;
  }
}

const resolved = Promise.resolve();
/** After all promises that are settled now, and what follows from them. */
const atEndOfTick = (go: () => void) => void resolved.then(() => process.nextTick(go));
