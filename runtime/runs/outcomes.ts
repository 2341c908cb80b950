import type { CacheKeyParts } from '../../workflow/cacheKey.js';
import type { Plan, PlannedNode } from '../../workflow/plan.js';

/** What may become of a node. `cached`: its outputs are there from an earlier run, or by then. `runs`: they are not. `skipped`: it does
 * not run. */
export const OUTCOMES = ['cached', 'runs', 'skipped'] as const;
export type Outcome = (typeof OUTCOMES)[number];
/** `depends`: only the run can tell which outcome it is. */
export const FORECASTS = [...OUTCOMES, 'depends'] as const;
export type Forecast = (typeof FORECASTS)[number];

/** What a node's outcome can depend on. `inputs`: whether the others make the very files that an earlier run went on from. `same_work`:
 * whether one of the others has done the same work by then. `files`: whether they have made files again by then that are gone. `failure`:
 * how far the run has got when the other fails. `other_line`: whether a line that is started together with it has done the same work by then. */
export const DEPENDENCES = ['inputs', 'same_work', 'files', 'failure', 'other_line'] as const;
export interface Dependence {
  code: (typeof DEPENDENCES)[number];
  /** Positions of the other nodes in the plan. */
  on: number[];
}

/** What is known of a node when it is looked at by itself, after those it depends on. */
export interface LookedAt {
  node: PlannedNode;
  /** One, or `cached` and `runs` where that is told by inputs nobody knows yet. */
  outcomes: readonly Outcome[];
  /** Hashes of the files it yields; null: only the run can tell. */
  files: readonly string[] | null;
  /** It would fail. */
  fails: boolean;
  /** What its result is kept under, as far as it is known; null: it is not kept, or it fails. */
  identity: Identity | null;
  /** Hashes of files that an earlier result of it lacks. */
  lacking: readonly string[];
}

export interface Identity extends CacheKeyParts {
  /** Input ports of which nobody knows yet what arrives there. */
  open: readonly string[];
}

/** What becomes of a node, and what that depends on where it is not certain. */
export interface Expected {
  outcomes: Outcome[];
  dependsOn: Dependence[];
}

/** What becomes of each node of a plan, once it is seen what the others do to it: nodes of one run find each other's results, and one
 * that ends the run by its failure keeps others from beginning. */
export function expectedOutcomes(plan: Plan, all: readonly LookedAt[]): Expected[] {
  const ancestors = ancestorsOf(plan);
  const ending = all.filter(({ node, fails }) => fails && node.onFailure !== 'continue');
  return all.map((one): Expected => {
    if (one.outcomes[0] === 'skipped') return { outcomes: ['skipped'], dependsOn: [] };
    const isBehind = (other: LookedAt) => other === one || ancestors[other.node.idx]!.has(one.node.idx);
    const before = [...ancestors[one.node.idx]!].map((idx) => all[idx]!);
    const isRemade =
      one.lacking.length > 0 && one.lacking.every((file) => before.some(({ files }) => files?.includes(file)));
    const own: readonly Outcome[] = isRemade ? ['cached'] : one.outcomes;
    const mayRun = own.includes('runs');
    const meanwhile = one.identity && mayRun ? all.filter((other) => mayMake(other) && !isBehind(other)) : [];
    const decisions: [Outcome, Dependence['code'], LookedAt[]][] = [
      [
        'cached',
        'inputs',
        mayRun && own.length > 1 ? one.node.predecessors.map((idx) => all[idx]!).filter(isOpen) : [],
      ],
      ['cached', 'same_work', meanwhile.filter(({ identity }) => mayBeSame(one.identity, identity))],
      ['cached', 'files', makersOf(one.lacking, meanwhile)],
      ['skipped', 'failure', ending.filter((other) => !isBehind(other))],
    ];
    const open = decisions.filter(([, , others]) => others.length > 0);
    return {
      outcomes: OUTCOMES.filter((each) => own.includes(each) || open.some(([outcome]) => outcome === each)),
      dependsOn: open.map(([, code, others]) => ({ code, on: others.map(({ node }) => node.idx) })),
    };
  });
}

const isOpen = ({ files }: LookedAt) => files === null;
const mayMake = ({ fails, outcomes }: LookedAt) => !fails && outcomes.includes('runs');

/** Who may make files that are gone; nobody, unless all of them may be made. */
function makersOf(lacking: readonly string[], others: readonly LookedAt[]): LookedAt[] {
  const may =
    (file: string) =>
    ({ files }: LookedAt) =>
      files === null || files.includes(file);
  if (lacking.length === 0 || !lacking.every((file) => others.some(may(file)))) return [];
  return others.filter((other) => lacking.some((file) => may(file)(other)));
}

export const forecastOf = (outcomes: readonly Outcome[]): Forecast =>
  outcomes.length === 1 ? outcomes[0]! : 'depends';

/** What each node waits for, by position. */
function ancestorsOf({ nodes }: Plan): ReadonlySet<number>[] {
  const found: Set<number>[] = [];
  for (const { predecessors } of nodes) {
    const all = new Set(predecessors);
    for (const idx of predecessors) for (const before of found[idx]!) all.add(before);
    found.push(all);
  }
  return found;
}

/** Whether the same work may be done with the same inputs. */
export function mayBeSame(one: Identity | null, other: Identity | null): boolean {
  if (!one || !other) return false;
  const open = new Set([...one.open, ...other.open]);
  const known = ({ inputs }: Identity) => inputs.filter((input) => !open.has(portOf(input)));
  return one.work === other.work && known(one).join() === known(other).join();
}

const portOf = (input: string) => decodeURIComponent(input.slice(0, input.indexOf(':')));
