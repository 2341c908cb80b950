import { useEffect, useRef, useState } from 'react';
import { Button, IconButton } from './Button.js';
import { createModelScene, type ModelFacts, type ModelScene, type ModelView } from './modelScene.js';
import { ViewerStage } from './ViewerStage.js';

const VIEWS: { view: ModelView; label: string }[] = [
  { view: 'home', label: 'Fit' },
  { view: 'front', label: 'Front' },
  { view: 'side', label: 'Side' },
  { view: 'top', label: 'Top' },
];

type State = { kind: 'loading' } | { kind: 'ready'; facts: ModelFacts } | { kind: 'failed'; message: string };

/** Width, depth and height, in the order of CAD, where Z is up; in glTF it is Y. */
const sizeInMm = ({ size: [x, up, y] }: ModelFacts) =>
  [x, y, up].map((metres) => (metres * 1000).toFixed(1)).join(' × ');

/** A binary glTF to turn and look at. Mouse, touch and keys: arrows turn, + and − zoom, 0 fits, W shows the mesh. */
export default function ModelViewer({
  url,
  label,
  chosenId = null,
}: {
  url: string;
  label: string;
  /** The object that stands out, by `extras.objectId` of its node. */
  chosenId?: string | null;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scene = useRef<ModelScene | null>(null);
  const [state, setState] = useState<State>({ kind: 'loading' });
  const [isWireframe, setWireframe] = useState(false);

  useEffect(() => {
    if (!canvas.current) return;
    const abort = new AbortController();
    const failed = (error: unknown) => {
      if (!abort.signal.aborted) setState({ kind: 'failed', message: (error as Error).message });
    };
    setState({ kind: 'loading' });
    setWireframe(false);
    const paint = () =>
      scene.current?.setBackground(
        getComputedStyle(document.documentElement).getPropertyValue('--surface-sunken').trim(),
      );
    const theme = new MutationObserver(paint);
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    try {
      scene.current = createModelScene(canvas.current);
      paint();
      scene.current.load(url, abort.signal).then((facts) => setState({ kind: 'ready', facts }), failed);
    } catch (error) {
      failed(error);
    }
    return () => {
      abort.abort();
      theme.disconnect();
      scene.current?.dispose();
      scene.current = null;
    };
  }, [url]);

  useEffect(() => scene.current?.pick(chosenId), [url, chosenId]);

  const toggleWireframe = () => {
    scene.current?.setWireframe(!isWireframe);
    setWireframe(!isWireframe);
  };
  const keys: Record<string, () => void> = {
    ArrowLeft: () => scene.current?.orbit(-10, 0),
    ArrowRight: () => scene.current?.orbit(10, 0),
    ArrowUp: () => scene.current?.orbit(0, 10),
    ArrowDown: () => scene.current?.orbit(0, -10),
    '+': () => scene.current?.dolly(0.85),
    '=': () => scene.current?.dolly(0.85),
    '-': () => scene.current?.dolly(1.18),
    '0': () => scene.current?.look('home'),
    w: toggleWireframe,
  };

  return (
    <div className="viewer">
      <ViewerStage
        label={`3D view of ${label}. Turn with the arrow keys, zoom with plus and minus, 0 fits.`}
        what="model"
        url={url}
        state={state}
        keys={keys}
        canvas={canvas}
      />
      <div className="viewer-bar">
        {VIEWS.map(({ view, label: text }) => (
          <Button key={view} look="quiet" onClick={() => scene.current?.look(view)}>
            {text}
          </Button>
        ))}
        <Button look="quiet" aria-pressed={isWireframe} onClick={toggleWireframe}>
          Mesh
        </Button>
        <IconButton icon="minus" label="Zoom out" onClick={() => scene.current?.dolly(1.18)} />
        <IconButton icon="plus" label="Zoom in" onClick={() => scene.current?.dolly(0.85)} />
        {state.kind === 'ready' && (
          <span className="viewer-facts numeric">
            {sizeInMm(state.facts)} mm · {state.facts.triangleCount.toLocaleString()} triangles
          </span>
        )}
      </div>
    </div>
  );
}
