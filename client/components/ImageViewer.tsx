import { type PointerEvent, useRef, useState } from 'react';
import { IconButton } from './Button.js';

const STEP = 1.25;
const clampZoom = (zoom: number) => Math.min(16, Math.max(1, zoom));

/** A picture on a checkerboard (so transparency shows), with zoom and pan by wheel, drag, buttons and keys (+ − 0, arrows). */
export function ImageViewer({ url, alt }: { url: string; alt: string }) {
  const [view, setView] = useState({ zoom: 1, x: 0, y: 0 });
  const [hasFailed, setFailed] = useState(false);
  const drag = useRef<{ x: number; y: number } | null>(null);
  const zoomBy = (factor: number) =>
    setView((old) => {
      const zoom = clampZoom(old.zoom * factor);
      return zoom === 1 ? { zoom, x: 0, y: 0 } : { zoom, x: old.x * (zoom / old.zoom), y: old.y * (zoom / old.zoom) };
    });
  const pan = (x: number, y: number) =>
    setView((old) => (old.zoom === 1 ? old : { ...old, x: old.x + x, y: old.y + y }));
  const keys: Record<string, () => void> = {
    '+': () => zoomBy(STEP),
    '=': () => zoomBy(STEP),
    '-': () => zoomBy(1 / STEP),
    '0': () => setView({ zoom: 1, x: 0, y: 0 }),
    ArrowLeft: () => pan(40, 0),
    ArrowRight: () => pan(-40, 0),
    ArrowUp: () => pan(0, 40),
    ArrowDown: () => pan(0, -40),
  };

  return (
    <div className="viewer">
      {/* biome-ignore lint/a11y/useSemanticElements: a pan-and-zoom surface has no element of its own. */}
      <div
        className="viewer-stage checkerboard"
        role="group"
        aria-label={`${alt}. Zoom with plus and minus, move with the arrow keys.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keyboard users zoom and pan here.
        tabIndex={0}
        onKeyDown={(event) => {
          const act = keys[event.key];
          if (!act || event.ctrlKey || event.metaKey) return;
          event.preventDefault();
          act();
        }}
        onWheel={(event) => zoomBy(event.deltaY < 0 ? 1.12 : 1 / 1.12)}
        onPointerDown={(event: PointerEvent<HTMLDivElement>) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          drag.current = { x: event.clientX, y: event.clientY };
        }}
        onPointerMove={(event) => {
          if (!drag.current) return;
          pan(event.clientX - drag.current.x, event.clientY - drag.current.y);
          drag.current = { x: event.clientX, y: event.clientY };
        }}
        onPointerUp={() => {
          drag.current = null;
        }}
      >
        {hasFailed ? (
          <p className="viewer-note">The picture could not be loaded. Reload the page and try again.</p>
        ) : (
          <img
            src={url}
            alt={alt}
            draggable={false}
            onError={() => setFailed(true)}
            style={{ transform: `translate(${view.x}px, ${view.y}px) scale(${view.zoom})` }}
          />
        )}
      </div>
      <div className="viewer-bar">
        <IconButton icon="minus" label="Zoom out" onClick={() => zoomBy(1 / STEP)} />
        <span className="numeric viewer-zoom" aria-live="polite">
          {Math.round(view.zoom * 100)} %
        </span>
        <IconButton icon="plus" label="Zoom in" onClick={() => zoomBy(STEP)} />
        <IconButton icon="refresh" label="Fit to window" onClick={() => setView({ zoom: 1, x: 0, y: 0 })} />
      </div>
    </div>
  );
}
