import { z } from 'zod';

/** What travels along an edge of the benchmark graphs: about 1 KB of JSON. */
export const Payload = z.object({ node: z.string(), paths: z.number().int(), payload: z.string() });
export type Payload = z.output<typeof Payload>;

/** The input of the entry node. */
export const RUN_INPUT: Payload = { node: 'input', paths: 1, payload: 'x'.repeat(900) };

/** The no-op step of workload.json: adds up the paths, passes the first payload on. The engine under test and the floor run this same function. */
export function noop(node: string, inputs: Payload[]): Payload {
  return {
    node,
    paths: inputs.length ? inputs.reduce((sum, input) => sum + input.paths, 0) : 1,
    payload: (inputs[0] ?? RUN_INPUT).payload,
  };
}
