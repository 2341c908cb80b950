import { useState } from 'react';
import { useMutation } from 'urql';
import { useRefusal } from '../../components/access.js';
import { Badge } from '../../components/Badge.js';
import { IconButton } from '../../components/Button.js';
import { Callout } from '../../components/Callout.js';
import { EmptyState } from '../../components/EmptyState.js';
import { useLookup } from '../../forms/useLookup.js';
import type { MaterialPreviewQuery, MaterialSource } from '../../gql/graphql.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { type Answer, Listing } from '../../shared/Listing.js';
import { MaterialChoice } from '../../shared/MaterialChoice.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { SetProductMaterials } from './operations.js';
import { type Subject, SubjectChoice } from './SubjectChoice.js';

const SOURCE: Record<MaterialSource, string> = {
  order_line: 'Order line',
  override: 'Workflow',
  product: 'Chosen',
  rule: 'Rule',
  cad_color: 'CAD colour',
  default: 'Default',
};

/** What the library does to the parts of a product or a CAD file; on products a person may choose. */
export function PartsCard({
  subject,
  onChoose,
  answer,
  onChanged,
}: {
  subject: Subject | null;
  onChoose: (subject: Subject | null) => void;
  /** What comes out, of the subject. */
  answer: Answer<MaterialPreviewQuery>;
  onChanged: () => void;
}) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [, setMaterials] = useMutation(SetProductMaterials);
  const mayChoose = useRefusal('author') === null;
  const preview = (subject && answer.data?.materialPreview) || null;
  const product = (subject?.kind === 'product' && answer.data?.product) || null;
  const { options: materials } = useLookup('materials');
  const labelOf = (name: string) => materials.find(({ value }) => value === name)?.label ?? name;
  const chosen = (product?.materialAssignments ?? {}) as Record<string, string>;

  const chosenFor = (partName: string) => {
    const name = chosen[partName];
    return name ? { id: name, label: labelOf(name) } : null;
  };

  const choose = async (partName: string, material: string | null) => {
    if (!product) return;
    const { [partName]: _before, ...others } = chosen;
    const { data, error } = await setMaterials({
      input: { productId: product.id, materials: material ? { ...others, [partName]: material } : others },
    });
    setProblem(problemOf(data?.setProductMaterials, error));
    onChanged();
  };
  return (
    <section className="card" aria-labelledby="material-parts">
      <header className="card-header">
        <h2 id="material-parts">Try it on</h2>
        <SubjectChoice subject={subject} onChoose={onChoose} />
      </header>
      {problem && <ProblemCallout problem={problem} />}
      {!subject && (
        <p className="muted card-note">Choose a product or a CAD file to see which rule decides on which part.</p>
      )}
      {preview && preview.problems.length > 0 && (
        <Callout tone="bad" title="This would stop a run">
          <ul className="issue-list">
            {preview.problems.map(({ code, message, partName }) => (
              <li key={`${code} ${partName}`}>{message}</li>
            ))}
          </ul>
        </Callout>
      )}
      {preview && preview.unmapped.length > 0 && (
        <Callout
          tone="warn"
          title={`${preview.unmapped.length} of ${preview.parts.length} parts have no material of the library`}
        >
          {preview.unmapped.join(', ')}
        </Callout>
      )}
      {subject && (
        <Listing
          what="the parts"
          label="Parts"
          answer={answer}
          isEmpty={!preview}
          empty={
            <EmptyState icon="list" title="Its parts are not known yet">
              Take the CAD file in from the library; then its parts are listed here.
            </EmptyState>
          }
          columns={[
            'Part',
            { label: 'Times', isEnd: true },
            'CAD colour',
            'Material',
            'Because of',
            product !== null && mayChoose && 'Choose',
          ]}
          className="rules-scroll"
          rows={3}
        >
          {preview?.parts.map((part) => (
            <tr key={part.partId}>
              <td>
                <strong>{part.partName}</strong>
              </td>
              <td className="numeric cell-end">{part.instanceCount}</td>
              <td className="muted">
                {part.cadColor && <span className="swatch" style={{ background: part.cadColor }} />}
                {part.cadColor ?? 'none'}
              </td>
              <td>{part.material ? labelOf(part.material) : <span className="muted">none</span>}</td>
              <td>
                <Badge tone={part.source === 'product' ? 'ok' : part.source === 'rule' ? 'busy' : 'warn'}>
                  {SOURCE[part.source]}
                </Badge>{' '}
                {part.reason && (
                  <span className="muted">
                    {part.reason}
                    {part.confidence != null && `, ${Math.round(part.confidence * 100)} % sure`}
                  </span>
                )}
              </td>
              {product && mayChoose && (
                <td>
                  <div className="part-choice">
                    <MaterialChoice
                      label={`Material of ${part.partName}`}
                      isLabelHidden
                      chosen={chosenFor(part.partName)}
                      onChoose={(material) => material && choose(part.partName, material.name)}
                    />
                    {chosen[part.partName] && (
                      <IconButton
                        icon="close"
                        label={`Leave ${part.partName} to the rules`}
                        onClick={() => choose(part.partName, null)}
                      />
                    )}
                  </div>
                </td>
              )}
            </tr>
          ))}
        </Listing>
      )}
    </section>
  );
}
