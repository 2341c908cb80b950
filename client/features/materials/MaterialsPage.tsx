import './materials.css';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { useQuery } from 'urql';
import { Button } from '../../components/Button.js';
import { EmptyState, Loading } from '../../components/EmptyState.js';
import { readFragment } from '../../gql/index.js';
import { problemFromError } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { MaterialPanel } from './MaterialPanel.js';
import { NewMaterialDialog } from './NewMaterialDialog.js';
import { MaterialFields, MaterialsQuery, PreviewQuery } from './operations.js';
import { PartsCard } from './PartsCard.js';
import { RulesCard } from './RulesCard.js';
import type { Subject } from './SubjectChoice.js';
import { Swatch } from './Swatch.js';

/** The material library: what there is, which parts get it, and what a product comes out as. */
export function Component() {
  const [search, setSearch] = useSearchParams();
  const [isMaking, setMaking] = useState(false);
  const [includeArchived, setIncludeArchived] = useState(false);
  const [subject, setSubject] = useState<Subject | null>(null);
  const [{ data, error, fetching }, refetch] = useQuery({
    query: MaterialsQuery,
    variables: { includeArchived },
    requestPolicy: 'cache-and-network',
  });
  const [looked, lookAgain] = useQuery({
    query: PreviewQuery,
    variables: {
      productId: subject?.kind === 'product' ? subject.id : null,
      cadFileId: subject?.kind === 'cad_file' ? subject.id : null,
      product: subject?.id ?? '',
      hasProduct: subject?.kind === 'product',
    },
    pause: !subject,
    requestPolicy: 'cache-and-network',
  });
  const reload = () => {
    refetch({ requestPolicy: 'network-only' });
    if (subject) lookAgain({ requestPolicy: 'network-only' });
  };
  const materials = readFragment(MaterialFields, data?.materials.edges.map(({ node }) => node) ?? []);
  const offered = materials.filter(({ archivedAt }) => !archivedAt);
  const openId = search.get('material');
  const open = materials.find(({ id }) => id === openId);
  const show = (id: string | null) => setSearch(id ? { material: id } : {}, { replace: true });
  const preview = (subject && looked.data?.materialPreview) || null;
  const newMaterial = (
    <Button look="primary" icon="plus" needs="author" onClick={() => setMaking(true)}>
      Material
    </Button>
  );
  return (
    <main id="main" className={`materials-page ${open ? 'has-panel' : ''}`} tabIndex={-1}>
      <title>Materials · HartOMat</title>
      <div className="page">
        <header className="page-header">
          <h1>Materials</h1>
          <div className="page-actions">
            <label className="check-line">
              <input
                type="checkbox"
                checked={includeArchived}
                onChange={(event) => setIncludeArchived(event.target.checked)}
              />
              Show archived
            </label>
            {materials.length > 0 && newMaterial}
          </div>
        </header>
        {error && <ProblemCallout problem={problemFromError(error)} title="The materials could not be loaded" />}
        {!data && fetching && <Loading label="Loading the materials" />}
        {data && materials.length === 0 && (
          <div className="card">
            <EmptyState icon="palette" title="No materials yet" actions={newMaterial}>
              A material says what a surface looks like; rules say which parts get it.
            </EmptyState>
          </div>
        )}
        {materials.length > 0 && (
          <ul className="material-grid">
            {materials.map((material) => (
              <li key={material.id}>
                <button
                  type="button"
                  className={`material-tile ${material.archivedAt ? 'is-archived' : ''}`}
                  aria-expanded={material.id === openId}
                  onClick={() => show(material.id === openId ? null : material.id)}
                >
                  <Swatch material={material} />
                  <span className="material-label">{material.label}</span>
                  <span className="muted">
                    {material.ruleCount === 1 ? '1 rule' : `${material.ruleCount} rules`}
                    {material.blendAsset && ' · .blend'}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        )}
        {data && (
          <>
            <PartsCard
              subject={subject}
              onChoose={setSubject}
              preview={preview}
              isLoading={looked.fetching}
              product={(subject?.kind === 'product' && looked.data?.product) || null}
              materials={offered}
              onChanged={reload}
            />
            {looked.error && <ProblemCallout problem={problemFromError(looked.error)} />}
            <RulesCard
              rules={data.materialRules}
              parts={preview?.parts ?? null}
              materials={offered}
              categories={data.categories}
              onChanged={reload}
            />
          </>
        )}
      </div>
      {open && data && (
        <MaterialPanel key={open.id} material={open} form={data.materialForm} onClose={() => show(null)} />
      )}
      {isMaking && (
        <NewMaterialDialog
          onClose={() => setMaking(false)}
          onCreated={(id) => {
            reload();
            show(id);
          }}
        />
      )}
    </main>
  );
}
