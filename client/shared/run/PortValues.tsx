import './portValues.css';
import { useState } from 'react';
import { Button } from '../../components/Button.js';
import { fileIcon } from '../../components/FilePreview.js';
import { formatBytes } from '../../components/format.js';
import { Icon } from '../../components/Icon.js';
import { JsonTree } from '../../components/JsonTree.js';
import { type FragmentType, graphql, readFragment } from '../../gql/index.js';

export const PortFacts = graphql(`
  fragment PortFacts on PortValue {
    port
    data
    artifact {
      id
      role
      mediaType
      fileName
      byteSize
      url
    }
  }
`);

/** More values of one port than this are folded away. */
const VALUES_SHOWN = 4;

/** What went into a node, or came out of it, by port. */
export function PortValues({
  title,
  values,
  empty,
  opens,
}: {
  title: string;
  values: readonly FragmentType<typeof PortFacts>[];
  empty: string;
  /** Shows an artifact if it is one of these; others are downloaded. */
  opens?: { ids: ReadonlySet<string>; open: (artifactId: string) => void };
}) {
  const [isWhole, setWhole] = useState(false);
  const all = readFragment(PortFacts, values);
  // A port of many gives dozens; the other ports are shown beside it.
  const places = new Map<string, number>();
  const shown = all.filter(({ port }) => {
    const place = (places.get(port) ?? 0) + 1;
    places.set(port, place);
    return isWhole || place <= VALUES_SHOWN;
  });
  return (
    <section className="panel-section">
      <h3>{title}</h3>
      {values.length === 0 && <p className="muted">{empty}</p>}
      <ul className="port-values">
        {shown.map(({ port, artifact, data }, index) => (
          <li key={`${port} ${index}`}>
            <span className="port-name">{port}</span>
            {artifact ? (
              <a
                className="port-file"
                href={artifact.url}
                download={artifact.fileName}
                onClick={(event) => {
                  if (!opens?.ids.has(artifact.id)) return;
                  event.preventDefault();
                  opens.open(artifact.id);
                }}
              >
                <Icon name={fileIcon(artifact.mediaType)} size={14} />
                <span className="truncate">{artifact.fileName}</span>
                <span className="muted numeric">{formatBytes(artifact.byteSize)}</span>
              </a>
            ) : (
              <JsonTree value={data} openTo={1} label={port} />
            )}
          </li>
        ))}
      </ul>
      {shown.length < all.length && (
        <Button look="quiet" onClick={() => setWhole(true)}>
          Show {all.length - shown.length} more
        </Button>
      )}
    </section>
  );
}
