import { useEffect, useRef, useState } from 'react';
import { IconButton } from './Button.js';
import { createHdrScene, type HdrScene } from './hdrScene.js';
import { ViewerStage } from './ViewerStage.js';

/** Stops to both sides: a lamp is seen in a dark room, and the room beside the sun. */
const MOST_STOPS = 10;
const STEP = 0.5;

type State =
  | { kind: 'loading' }
  | { kind: 'ready'; width: number; height: number }
  | { kind: 'failed'; message: string };

/** A picture of linear light (Radiance, OpenEXR), as bright as one likes. Keys: + and − make it brighter and darker, 0 leaves it as it is. */
export default function HdrViewer({ file, label }: { file: { url: string; mediaType: string }; label: string }) {
  const { url, mediaType } = file;
  const canvas = useRef<HTMLCanvasElement>(null);
  const scene = useRef<HdrScene | null>(null);
  const [state, setState] = useState<State>({ kind: 'loading' });
  const [stops, setStops] = useState(0);
  useEffect(() => {
    if (!canvas.current) return;
    const abort = new AbortController();
    const failed = (error: unknown) => {
      if (!abort.signal.aborted) setState({ kind: 'failed', message: (error as Error).message });
    };
    setState({ kind: 'loading' });
    setStops(0);
    try {
      scene.current = createHdrScene(canvas.current);
      scene.current.load({ url, mediaType }, abort.signal).then((size) => setState({ kind: 'ready', ...size }), failed);
    } catch (error) {
      failed(error);
    }
    return () => {
      abort.abort();
      scene.current?.dispose();
      scene.current = null;
    };
  }, [url, mediaType]);
  useEffect(() => scene.current?.setExposure(stops), [stops]);

  const change = (by: number) => setStops((old) => Math.max(-MOST_STOPS, Math.min(MOST_STOPS, old + by)));
  const keys: Record<string, () => void> = {
    '+': () => change(STEP),
    '=': () => change(STEP),
    '-': () => change(-STEP),
    '0': () => setStops(0),
  };
  return (
    <div className="viewer">
      <ViewerStage
        className="viewer-still checkerboard"
        label={`${label}. Brighter and darker with plus and minus, 0 leaves it as it is.`}
        what="picture"
        url={url}
        state={state}
        keys={keys}
        canvas={canvas}
      />
      <div className="viewer-bar">
        <IconButton icon="minus" label="Darker" onClick={() => change(-STEP)} />
        <input
          type="range"
          className="viewer-slider"
          aria-label="Exposure"
          aria-valuetext={`${stops} EV`}
          min={-MOST_STOPS}
          max={MOST_STOPS}
          step={STEP}
          value={stops}
          onChange={(event) => setStops(Number(event.target.value))}
        />
        <IconButton icon="plus" label="Brighter" onClick={() => change(STEP)} />
        <span className="numeric viewer-exposure">
          {stops > 0 && '+'}
          {stops} EV
        </span>
        <IconButton icon="refresh" label="As it is" onClick={() => setStops(0)} />
        {state.kind === 'ready' && (
          <span className="viewer-facts numeric">
            {state.width} × {state.height} pixels
          </span>
        )}
      </div>
    </div>
  );
}
