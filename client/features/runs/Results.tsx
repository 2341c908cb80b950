import './results.css';
import { useState } from 'react';
import { Button } from '../../components/Button.js';
import { Callout } from '../../components/Callout.js';
import { Dialog } from '../../components/Dialog.js';
import { EmptyState } from '../../components/EmptyState.js';
import { FilePreview } from '../../components/FilePreview.js';
import { formatBytes } from '../../components/format.js';
import { Icon } from '../../components/Icon.js';
import { type FragmentType, readFragment } from '../../gql/index.js';
import { FOLDED_ROLES, sortResults } from '../../shared/run/pictures.js';
import { type RunFile, RunFileParts } from '../../shared/run/RunFile.js';
import { Thumb } from '../../shared/Thumb.js';
import { roleLabel } from '../../shared/words.js';

const FACTS: [key: string, unit: string][] = [
  ['widthPx', ''],
  ['heightPx', ''],
  ['frameCount', 'frames'],
  ['fps', 'per second'],
  ['samples', 'samples'],
  ['triangleCount', 'triangles'],
  ['partCount', 'parts'],
  ['objectCount', 'objects'],
  ['materialCount', 'materials'],
  ['lightCount', 'lights'],
];

function factsOf(metadata: unknown): string[] {
  const facts = (metadata ?? {}) as Record<string, unknown>;
  const size = facts.widthPx && facts.heightPx ? [`${facts.widthPx} × ${facts.heightPx} px`] : [];
  return [
    ...size,
    ...FACTS.filter(([key, unit]) => unit && typeof facts[key] === 'number').map(
      ([key, unit]) => `${(facts[key] as number).toLocaleString()} ${unit}`,
    ),
    ...(typeof facts.cameraName === 'string' ? [`camera “${facts.cameraName}”`] : []),
    ...(typeof facts.blenderVersion === 'string' ? [`Blender ${facts.blenderVersion}`] : []),
  ];
}

/** What whoever uses the file should know of it. */
function warningsOf(metadata: unknown): string[] {
  const { warnings } = (metadata ?? {}) as { warnings?: unknown };
  return Array.isArray(warnings) ? warnings.filter((warning) => typeof warning === 'string') : [];
}

function ResultItem({
  file,
  isChosen,
  isDelivered,
  onSelect,
}: {
  file: RunFile;
  isChosen: boolean;
  isDelivered: boolean;
  onSelect: (artifactId: string) => void;
}) {
  return (
    <li>
      <button type="button" className="result-item" aria-pressed={isChosen} onClick={() => onSelect(file.id)}>
        <Thumb file={file} />
        <span className="result-words">
          <span className="result-role">
            {roleLabel(file.role)}
            {isDelivered && (
              <span className="result-delivered tone-ok">
                <Icon name="check" size={12} />
                delivered
              </span>
            )}
          </span>
          <span className="result-file muted">
            <span className="truncate" title={file.fileName}>
              {file.fileName}
            </span>
            <span className="numeric">{formatBytes(file.byteSize)}</span>
          </span>
        </span>
      </button>
    </li>
  );
}

/** Everything a run made: a list of files, and the chosen one large. */
export function Results({
  artifacts,
  assetIds,
  isOver,
  selected,
  onSelect,
}: {
  artifacts: readonly FragmentType<typeof RunFileParts>[];
  /** Artifacts that were delivered. */
  assetIds: ReadonlySet<string>;
  isOver: boolean;
  selected: string | null;
  onSelect: (artifactId: string) => void;
}) {
  const [isLarge, setLarge] = useState(false);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const files = sortResults(readFragment(RunFileParts, artifacts));
  const single = files.filter(({ role }) => !FOLDED_ROLES.has(role));
  const folded = new Map(
    [...FOLDED_ROLES].flatMap((role) => {
      const members = files.filter((each) => each.role === role);
      return members.length > 0 ? [[role, members] as const] : [];
    }),
  );
  const file = files.find(({ id }) => id === selected) ?? files[0];
  if (!file)
    return (
      <EmptyState icon="image" title={isOver ? 'This run made no files' : 'No files yet'}>
        {isOver ? 'See the log for what happened.' : 'Files show up here as soon as a node has made them.'}
      </EmptyState>
    );
  const warnings = warningsOf(file.metadata);
  return (
    <div className="results">
      <ul className="result-list">
        {single.map((each) => (
          <ResultItem
            key={each.id}
            file={each}
            isChosen={each.id === file.id}
            isDelivered={assetIds.has(each.id)}
            onSelect={onSelect}
          />
        ))}
        {[...folded].map(([role, members]) => {
          const isOpen = open.has(role) || members.some(({ id }) => id === selected);
          return (
            <li key={role}>
              <button
                type="button"
                className="result-item result-fold"
                aria-expanded={isOpen}
                onClick={() => {
                  const isChosen = members.some(({ id }) => id === selected);
                  setOpen(new Set([...open].filter((each) => each !== role).concat(isOpen ? [] : [role])));
                  if (isOpen && isChosen) onSelect(single[0]?.id ?? file.id);
                }}
              >
                <Thumb file={members[0]} />
                <span className="result-words">
                  <span className="result-role">
                    {roleLabel(role)}s <span className="count numeric">{members.length}</span>
                  </span>
                  <span className="result-file muted">{isOpen ? 'Fold away' : 'Show each'}</span>
                </span>
                <Icon name={isOpen ? 'chevronDown' : 'chevronRight'} size={14} />
              </button>
              {isOpen && (
                <ul>
                  {members.map((each) => (
                    <ResultItem
                      key={each.id}
                      file={each}
                      isChosen={each.id === file.id}
                      isDelivered={assetIds.has(each.id)}
                      onSelect={onSelect}
                    />
                  ))}
                </ul>
              )}
            </li>
          );
        })}
      </ul>
      <div className="result-view">
        <div className="result-head">
          <span className="truncate">
            <strong>{file.fileName}</strong>{' '}
            <span className="muted">{[...factsOf(file.metadata), formatBytes(file.byteSize)].join(' · ')}</span>
          </span>
          <span className="page-actions">
            <Button look="quiet" icon="expand" onClick={() => setLarge(true)}>
              Large view
            </Button>
            <a className="button button-plain" href={file.url} download={file.fileName}>
              <Icon name="download" />
              Download
            </a>
          </span>
        </div>
        {warnings.length > 0 && (
          <Callout tone="warn" title={warnings.length === 1 ? warnings[0] : 'This file came with warnings'}>
            {warnings.length > 1 && (
              <ul>
                {warnings.map((warning) => (
                  <li key={warning}>{warning}</li>
                ))}
              </ul>
            )}
          </Callout>
        )}
        <div className="result-stage">{!isLarge && <FilePreview key={file.id} file={file} />}</div>
      </div>
      {isLarge && (
        <Dialog size="full" title={file.fileName} onClose={() => setLarge(false)}>
          <FilePreview file={file} />
        </Dialog>
      )}
    </div>
  );
}
