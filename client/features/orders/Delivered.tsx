import { Thumb } from '../../shared/Thumb.js';

interface DeliveredAsset {
  id: string;
  name: string;
  artifact: { mediaType: string; url: string; thumbnailUrl: string | null };
}

const MOST = 4;

/** Small pictures of what was delivered, each a download. */
export function Delivered({ assets }: { assets: readonly DeliveredAsset[] }) {
  if (assets.length === 0) return <span className="muted truncate">nothing yet</span>;
  return (
    <span className="asset-strip">
      {assets.slice(0, MOST).map((asset) => (
        <a key={asset.id} href={asset.artifact.url} download={asset.name} title={`Download ${asset.name}`}>
          <Thumb file={asset.artifact} alt={asset.name} />
        </a>
      ))}
      {assets.length > MOST && <span className="muted numeric">+{assets.length - MOST}</span>}
    </span>
  );
}
