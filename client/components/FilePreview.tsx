import { lazy, Suspense, useEffect, useState } from 'react';
import { Icon, type IconName } from './Icon.js';
import { ImageViewer } from './ImageViewer.js';
import { JsonTree } from './JsonTree.js';

const ModelViewer = lazy(() => import('./ModelViewer.js'));
const HdrViewer = lazy(() => import('./HdrViewer.js'));
/** Above this a JSON file is offered for download only. */
const MAX_JSON_BYTES = 5_000_000;

/** Pictures of linear light: no browser shows them by itself. */
const LINEAR = ['image/vnd.radiance', 'image/x-exr'];

const BLENDER = 'application/x-blender';

export interface PreviewFile {
  url: string;
  mediaType: string;
  fileName: string;
  byteSize: number;
}

const isImage = (mediaType: string): boolean => mediaType.startsWith('image/');

/** The sign for a file in lists. */
export function fileIcon(mediaType: string): IconName {
  if (isImage(mediaType)) return 'image';
  if (mediaType === 'model/gltf-binary') return 'cube';
  if (mediaType.startsWith('video/')) return 'play';
  if (mediaType === 'application/json') return 'code';
  return mediaType.startsWith('model/') || mediaType === BLENDER ? 'box' : 'file';
}

function JsonFile({ file }: { file: PreviewFile }) {
  const [state, setState] = useState<{ value?: unknown; error?: string }>({});
  useEffect(() => {
    const abort = new AbortController();
    setState({});
    fetch(file.url, { signal: abort.signal })
      .then(async (response) => {
        if (!response.ok) throw new Error(`The server answered ${response.status}.`);
        return response.json() as Promise<unknown>;
      })
      .then((value) => setState({ value }))
      .catch((error: Error) => {
        if (!abort.signal.aborted) setState({ error: error.message });
      });
    return () => abort.abort();
  }, [file.url]);
  if (state.error) return <p className="viewer-note">The file could not be read. {state.error}</p>;
  if (state.value === undefined) return <p className="viewer-note">Loading …</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area must be reachable by keyboard.
    <section className="viewer-scroll" tabIndex={0} aria-label={`Content of ${file.fileName}`}>
      <JsonTree value={state.value} label={file.fileName} />
    </section>
  );
}

/** Plays at once and over and over, as turntables are meant; those who want things still press play. On a checkerboard, so that
 * transparency shows. */
function Film({ file }: { file: PreviewFile }) {
  const [hasFailed, setFailed] = useState(false);
  if (hasFailed) return <p className="viewer-note">This browser cannot play the film. Download it to look at it.</p>;
  const isStill = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  return (
    <video
      className="viewer-video checkerboard"
      src={file.url}
      aria-label={file.fileName}
      controls
      loop
      muted
      playsInline
      autoPlay={!isStill}
      onError={() => setFailed(true)}
    />
  );
}

/** Shows a file by its media type: picture, 3D model, JSON, video; anything else is named. */
export function FilePreview({ file }: { file: PreviewFile }) {
  if (LINEAR.includes(file.mediaType))
    return (
      <Suspense fallback={<p className="viewer-note">Loading the viewer …</p>}>
        <HdrViewer file={file} label={file.fileName} />
      </Suspense>
    );
  if (isImage(file.mediaType)) return <ImageViewer url={file.url} alt={file.fileName} />;
  if (file.mediaType === 'model/gltf-binary')
    return (
      <Suspense fallback={<p className="viewer-note">Loading the 3D viewer …</p>}>
        <ModelViewer url={file.url} label={file.fileName} />
      </Suspense>
    );
  if (file.mediaType === 'application/json' && file.byteSize <= MAX_JSON_BYTES) return <JsonFile file={file} />;
  if (file.mediaType.startsWith('video/')) return <Film file={file} />;
  return (
    <div className="viewer-note">
      <Icon name={fileIcon(file.mediaType)} size={28} />
      <p>
        {file.mediaType === BLENDER
          ? 'A Blender file. Download it and open it with Blender: everything it needs is in it, and nothing in it runs by itself.'
          : 'This kind of file has no preview. Download it to look inside.'}
      </p>
    </div>
  );
}
