import type { Capability, WorkerStateFragment } from '../gql/graphql.js';
import { graphql } from '../gql/index.js';

export const WorkerState = graphql(`
  fragment WorkerState on WorkerInfo {
    id
    host
    pid
    capabilities
    blender {
      version
      numpyVersion
      hasOpenImageDenoise
      gpuDevices {
        type
        name
      }
    }
    blenderProblem
    ffmpegProblem
    startedAt
    heartbeatAt
    isAlive
  }
`);

export const WorkforceQuery = graphql(`
  query Workforce {
    workers {
      ...WorkerState
    }
  }
`);

type Worker = Pick<WorkerStateFragment, 'capabilities' | 'blenderProblem' | 'ffmpegProblem' | 'isAlive' | 'host'>;

/** How often workers are asked for: they are lost and found on their own. */
export const WORKERS_MS = 15_000;

/** What each capability is for. */
export const CAPABILITY_WORDS: Record<Capability, string> = {
  cpu: 'Light work',
  cad: 'CAD files',
  blender: 'Rendering',
  io: 'Publishing, messages',
};

/** Why a worker cannot do all it is there for. */
export const problemsOf = ({ blenderProblem, ffmpegProblem }: Worker): string[] =>
  [blenderProblem, ffmpegProblem].filter((problem) => problem !== null);

const WORK: Record<Capability, string> = {
  cpu: 'takes light work',
  cad: 'reads CAD files',
  blender: 'renders',
  io: 'publishes and sends messages',
};

/** Why nobody takes the nodes of a run that wait for these capabilities, and what to do about it, once each. */
export function whyItWaits(capabilities: readonly Capability[], workers: readonly Worker[]) {
  if (capabilities.length > 0 && !workers.some(({ isAlive }) => isAlive))
    return [{ title: 'No worker is running', advice: 'The run waits for one. Start it: npm run worker' }];
  return capabilities.map((capability) => whyNobody(capability, workers)).filter((why) => why !== null);
}

/** Why nobody takes work of a capability, and what to do about it; null: somebody is there. */
function whyNobody(capability: Capability, workers: readonly Worker[]): { title: string; advice: string } | null {
  const there = workers.filter((worker) => worker.isAlive && worker.capabilities.includes(capability));
  if (there.length === 0)
    return {
      title: `No worker that ${WORK[capability]} is running`,
      advice: `The run waits for one. Start it: npm run worker -- --capabilities ${capability}`,
    };
  const [first] = there;
  if (capability !== 'blender' || there.some(({ blenderProblem }) => blenderProblem === null)) return null;
  return { title: 'No worker can render', advice: `On ${first!.host}: ${first!.blenderProblem}` };
}
