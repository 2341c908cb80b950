import { lazy, Suspense, useState } from 'react';
import { Dialog } from '../../components/Dialog.js';
import { Loading } from '../../components/EmptyState.js';
import { ObjectTreeView } from './ObjectTreeView.js';
import { type ObjectNode, type SurfaceLook, surfacesOf, useObjectTree } from './useObjectTree.js';

const ModelViewer = lazy(() => import('../../components/ModelViewer.js'));

/** A CAD file as its intake left it. */
export interface ViewedModel {
  name: string;
  modelUrl: string;
  /** Undefined: its intake read no objects. */
  treeUrl: string | undefined;
}

const number = (value: number) => value.toLocaleString(undefined, { maximumFractionDigits: 1 });

const percent = (share: number) => share.toLocaleString(undefined, { style: 'percent', maximumFractionDigits: 1 });

/** More looks of one part are hardly told apart. */
const MOST_LOOKS = 8;

/** The colours of a part's faces, with how much of it they cover. */
function Looks({ surfaces }: { surfaces: readonly SurfaceLook[] }) {
  return (
    <ul className="surface-looks">
      {surfaces.slice(0, MOST_LOOKS).map(({ color, opacity, areaShare }) => (
        <li key={`${color} ${opacity}`}>
          <span className="swatch" style={color ? { background: color, opacity } : undefined} />
          {color ?? 'No colour'}
          {opacity < 1 && `, ${percent(opacity)} opaque`}
          {surfaces.length > 1 && <span className="muted numeric"> {percent(areaShare)}</span>}
        </li>
      ))}
      {surfaces.length > MOST_LOOKS && <li className="muted">{surfaces.length - MOST_LOOKS} more</li>}
    </ul>
  );
}

function Facts({ node, surfaces }: { node: ObjectNode; surfaces: readonly SurfaceLook[] }) {
  const { min, max } = node.bboxMm;
  return (
    <dl className="facts object-facts">
      <dt>{node.kind === 'assembly' ? 'Assembly' : 'Part'}</dt>
      <dd>{node.name}</dd>
      <dt>Size</dt>
      <dd className="numeric">{max.map((end, axis) => number(end - min[axis]!)).join(' × ')} mm</dd>
      {node.volumeMm3 !== undefined && (
        <>
          <dt>Volume</dt>
          <dd className="numeric">{number(node.volumeMm3 / 1000)} cm³</dd>
        </>
      )}
      {node.surfaceAreaMm2 !== undefined && (
        <>
          <dt>Surface</dt>
          <dd className="numeric">{number(node.surfaceAreaMm2 / 100)} cm²</dd>
        </>
      )}
      {node.triangleCount !== undefined && (
        <>
          <dt>Triangles</dt>
          <dd className="numeric">{number(node.triangleCount)}</dd>
        </>
      )}
      {surfaces.length > 0 && (
        <>
          <dt>Colours</dt>
          <dd>
            <Looks surfaces={surfaces} />
          </dd>
        </>
      )}
    </dl>
  );
}

function Objects({
  url,
  chosen,
  onChoose,
}: {
  url: string;
  chosen: ObjectNode | null;
  onChoose: (node: ObjectNode | null) => void;
}) {
  const state = useObjectTree(url);
  return (
    <aside className="model-objects" aria-label="What it is made of">
      {state.kind === 'loading' && <Loading label="Loading the objects" rows={6} />}
      {state.kind === 'failed' && <p className="viewer-note">The objects could not be loaded. {state.message}</p>}
      {state.kind === 'ready' && <ObjectTreeView tree={state.tree} chosen={chosen} onChoose={onChoose} />}
      {state.kind === 'ready' && chosen ? (
        <Facts node={chosen} surfaces={surfacesOf(state.tree, chosen)} />
      ) : (
        <p className="muted object-facts">Choose an object to see where it is.</p>
      )}
    </aside>
  );
}

/** A CAD file in 3D beside the tree of its objects; the one that is chosen stands out. */
export function ModelDialog({ model, onClose }: { model: ViewedModel; onClose: () => void }) {
  const [chosen, setChosen] = useState<ObjectNode | null>(null);
  return (
    <Dialog size="full" title={model.name} onClose={onClose}>
      <div className="model-view">
        {model.treeUrl && <Objects url={model.treeUrl} chosen={chosen} onChoose={setChosen} />}
        <Suspense fallback={<p className="viewer-note">Loading the 3D viewer …</p>}>
          <ModelViewer url={model.modelUrl} label={model.name} chosenId={chosen?.objectId ?? null} />
        </Suspense>
      </div>
    </Dialog>
  );
}
