import { useState } from 'react';
import { useMutation } from 'urql';
import { Badge } from '../../components/Badge.js';
import { Callout } from '../../components/Callout.js';
import { EmptyState, Loading } from '../../components/EmptyState.js';
import { Table } from '../../components/Table.js';
import type { MaterialPreviewQuery, MaterialSource } from '../../gql/graphql.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { SetProductMaterials } from './operations.js';
import { type Subject, SubjectChoice } from './SubjectChoice.js';

type Preview = NonNullable<MaterialPreviewQuery['materialPreview']>;

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
  preview,
  isLoading,
  product,
  materials,
  onChanged,
}: {
  subject: Subject | null;
  onChoose: (subject: Subject | null) => void;
  preview: Preview | null;
  isLoading: boolean;
  product: { id: string; materialAssignments: unknown } | null;
  materials: { name: string; label: string }[];
  onChanged: () => void;
}) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [, setMaterials] = useMutation(SetProductMaterials);
  const labelOf = (name: string | null | undefined) => materials.find((each) => each.name === name)?.label ?? name;
  const chosen = (product?.materialAssignments ?? {}) as Record<string, string>;

  const choose = async (partName: string, material: string) => {
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
      {subject && !preview && isLoading && <Loading label="Looking at the parts" rows={3} />}
      {subject && !preview && !isLoading && (
        <EmptyState icon="list" title="Its parts are not known yet">
          Take the CAD file in from the library; then its parts are listed here.
        </EmptyState>
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
      {preview && (
        <Table
          columns={[
            'Part',
            { label: 'Times', isEnd: true },
            'CAD colour',
            'Material',
            'Because of',
            product !== null && 'Choose',
          ]}
          className="rules-scroll"
        >
          {preview.parts.map((part) => (
            <tr key={part.partId}>
              <td>
                <strong>{part.partName}</strong>
              </td>
              <td className="numeric cell-end">{part.instanceCount}</td>
              <td className="muted">
                {part.cadColor && <span className="swatch" style={{ background: part.cadColor }} />}
                {part.cadColor ?? 'none'}
              </td>
              <td>{labelOf(part.material) ?? <span className="muted">none</span>}</td>
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
              {product && (
                <td>
                  <select
                    className="control"
                    aria-label={`Material of ${part.partName}`}
                    value={chosen[part.partName] ?? ''}
                    onChange={(event) => choose(part.partName, event.target.value)}
                  >
                    <option value="">by the rules</option>
                    {materials.map(({ name, label }) => (
                      <option key={name} value={name}>
                        {label}
                      </option>
                    ))}
                  </select>
                </td>
              )}
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}
