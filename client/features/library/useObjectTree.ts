import { useEffect, useState } from 'react';

/** Faces that look alike. */
export interface SurfaceLook {
  /** Null where the file gives none. */
  color: string | null;
  /** 0 (clear) to 1. */
  opacity: number;
  /** Of the surface of the whole part, 0 to 1. */
  areaShare: number;
}

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
  surfaces?: SurfaceLook[];
  /** Millimetres. */
  bboxMm: { min: number[]; max: number[] };
  triangleCount?: number;
  surfaceAreaMm2?: number;
  volumeMm3?: number;
  children: ObjectNode[];
}

export interface ObjectTree {
  /** Trees of before lack the surfaces. */
  parts: { partId: string; color: string | null; surfaces?: SurfaceLook[] }[];
  roots: ObjectNode[];
}

export type TreeState = { kind: 'loading' } | { kind: 'ready'; tree: ObjectTree } | { kind: 'failed'; message: string };

/** How the faces of a part look, the largest first; empty: that is not known. */
export function surfacesOf(tree: ObjectTree, { surfaces, partId }: ObjectNode): readonly SurfaceLook[] {
  return surfaces ?? tree.parts.find((part) => part.partId === partId)?.surfaces ?? [];
}

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
