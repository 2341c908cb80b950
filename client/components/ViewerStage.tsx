import type { Ref } from 'react';

export type ViewerState = { kind: 'loading' } | { kind: 'ready' } | { kind: 'failed'; message: string };

/** Where a viewer draws: it takes the focus and the viewer's keys, and says what became of the file. */
export function ViewerStage({
  label,
  what,
  url,
  state,
  keys,
  canvas,
  className = '',
}: {
  /** What it shows, and what the keys do. */
  label: string;
  /** What is being shown: `model`, `picture`. */
  what: string;
  url: string;
  state: ViewerState;
  /** What keys do, by `KeyboardEvent.key`. */
  keys: Record<string, () => void>;
  canvas: Ref<HTMLCanvasElement>;
  className?: string;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawn surface has no element of its own.
    <div
      className={`viewer-stage ${className}`}
      role="group"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it is worked by keys.
      tabIndex={0}
      data-state={state.kind}
      onKeyDown={(event) => {
        const act = keys[event.key];
        if (!act || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        act();
      }}
    >
      {/* A canvas keeps its WebGL context for good: another file gets a new one. */}
      <canvas key={url} ref={canvas} className="viewer-canvas" />
      {state.kind === 'loading' && <p className="viewer-note">Loading the {what} …</p>}
      {state.kind === 'failed' && (
        <p className="viewer-note">
          The {what} could not be shown. {state.message}
        </p>
      )}
    </div>
  );
}
