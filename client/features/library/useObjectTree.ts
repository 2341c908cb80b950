import { useEffect, useState } from 'react';

/** An assembly or a part of a CAD file, as `cad.extract_objects` writes it down. */
export interface ObjectNode {
  objectId: string;
  kind: 'assembly' | 'part';
  name: string;
  /** Null for roots. */
  instanceName: string | null;
  partId: string | null;
  /** Of an instance that looks otherwise than its part. */
  color?: string;
  /** Millimetres. */
  bboxMm: { min: number[]; max: number[] };
  triangleCount?: number;
  surfaceAreaMm2?: number;
  volumeMm3?: number;
  children: ObjectNode[];
}

export interface ObjectTree {
  parts: { partId: string; color: string | null }[];
  roots: ObjectNode[];
}

export type TreeState = { kind: 'loading' } | { kind: 'ready'; tree: ObjectTree } | { kind: 'failed'; message: string };

/** The object tree behind an address. */
export function useObjectTree(url: string): TreeState {
  const [state, setState] = useState<TreeState>({ kind: 'loading' });
  useEffect(() => {
    const abort = new AbortController();
    setState({ kind: 'loading' });
    fetch(url, { signal: abort.signal })
      .then(async (response) => {
        if (!response.ok) throw new Error(`The server answered ${response.status}.`);
        return response.json() as Promise<ObjectTree>;
      })
      .then((tree) => setState({ kind: 'ready', tree }))
      .catch((error: Error) => {
        if (!abort.signal.aborted) setState({ kind: 'failed', message: error.message });
      });
    return () => abort.abort();
  }, [url]);
  return state;
}
