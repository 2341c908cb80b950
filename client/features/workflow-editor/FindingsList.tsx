import { Button } from '../../components/Button.js';
import { Icon } from '../../components/Icon.js';
import type { EditorFinding, FindingFix } from './findings.js';

const TONE = { error: 'bad', warning: 'warn', info: 'busy' } as const;
const ORDER = { error: 0, warning: 1, info: 2 };

/** What is wrong or odd in the draft; each line leads to its node. */
export function FindingsList({
  findings,
  labels,
  isReadOnly,
  onShow,
  onFix,
}: {
  findings: readonly EditorFinding[];
  labels: ReadonlyMap<string, string>;
  isReadOnly: boolean;
  onShow: (nodeId: string) => void;
  onFix: (fix: FindingFix) => void;
}) {
  const sorted = [...findings].sort((a, b) => ORDER[a.severity] - ORDER[b.severity]);
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const rest = findings.length - errors;
  const summary = [
    errors > 0 && `${errors} ${errors === 1 ? 'error' : 'errors'}`,
    rest > 0 && `${rest} ${rest === 1 ? 'note' : 'notes'}`,
  ].filter(Boolean);
  return (
    <details className="findings" open={errors > 0}>
      <summary>
        <span className={findings.length === 0 ? 'tone-ok toned' : errors > 0 ? 'tone-bad toned' : 'tone-warn toned'}>
          <Icon name={findings.length === 0 ? 'check' : 'alert'} size={14} />
          {findings.length === 0 ? 'No problems found' : summary.join(', ')}
        </span>
      </summary>
      <ul>
        {sorted.map((finding) => {
          const { nodeId, fix } = finding;
          const words = (
            <>
              <span className={`toned tone-${TONE[finding.severity]}`}>
                <Icon name={finding.severity === 'info' ? 'info' : 'alert'} size={14} />
                <span className="visually-hidden">{finding.severity}: </span>
              </span>
              {nodeId && <span className="finding-node">{labels.get(nodeId) ?? nodeId}</span>}
              <span className="finding-text">{finding.message}</span>
              <code className="muted">{finding.code}</code>
            </>
          );
          return (
            <li className="finding-line" key={`${finding.code} ${nodeId} ${finding.path} ${finding.message}`}>
              {nodeId ? (
                <button type="button" className="finding" onClick={() => onShow(nodeId)}>
                  {words}
                </button>
              ) : (
                <div className="finding">{words}</div>
              )}
              {fix && !isReadOnly && (
                <Button look="quiet" onClick={() => onFix(fix)}>
                  {fix.title}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </details>
  );
}
