import './materials.css';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { useQuery } from 'urql';
import { Button } from '../../components/Button.js';
import { EmptyState, Loading } from '../../components/EmptyState.js';
import { Pager } from '../../components/Pager.js';
import { SearchField } from '../../components/SearchField.js';
import { readFragment } from '../../gql/index.js';
import { problemFromError } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { useListed } from '../../shared/useListed.js';
import { MaterialPanel } from './MaterialPanel.js';
import { NewMaterialDialog } from './NewMaterialDialog.js';
import { MaterialFields, MaterialsQuery, OpenMaterialQuery, PreviewQuery, RulesQuery } from './operations.js';
import { PartsCard } from './PartsCard.js';
import { RulesCard } from './RulesCard.js';
import type { Subject } from './SubjectChoice.js';
import { Swatch } from './Swatch.js';

/** The material library: what there is, which parts get it, and what a product comes out as. */
export function Component() {
  const [address, setAddress] = useSearchParams();
  const { text, after, search, turn, change } = useListed();
  const [isMaking, setMaking] = useState(false);
  const [subject, setSubject] = useState<Subject | null>(null);
  const includeArchived = address.has('archived');
  const [{ data, error, fetching }, refetch] = useQuery({
    query: MaterialsQuery,
    variables: { includeArchived, text, after },
    requestPolicy: 'cache-and-network',
  });
  const [rules, refetchRules] = useQuery({ query: RulesQuery, requestPolicy: 'cache-and-network' });
  const openId = address.get('material');
  const [opened] = useQuery({ query: OpenMaterialQuery, variables: { id: openId ?? '' }, pause: !openId });
  const open = (openId && readFragment(MaterialFields, opened.data?.material)) || null;
  const [preview, lookAgain] = useQuery({
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
    refetchRules({ requestPolicy: 'network-only' });
    if (subject) lookAgain({ requestPolicy: 'network-only' });
  };
  const materials = readFragment(MaterialFields, data?.materials.edges.map(({ node }) => node) ?? []);
  const show = (id: string | null) =>
    setAddress(
      (old) => {
        const next = new URLSearchParams(old);
        if (id) next.set('material', id);
        else next.delete('material');
        return next;
      },
      { replace: true },
    );
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
          <div className="title-row">
            <h1>Materials</h1>
            {data && <span className="muted numeric">{data.materials.totalCount}</span>}
          </div>
          <div className="page-actions">
            <SearchField label="Search the materials" placeholder="Name" value={text} onSearch={search} />
            <label className="check-line">
              <input
                type="checkbox"
                checked={includeArchived}
                onChange={(event) => change({ archived: event.target.checked ? 'yes' : null }, { replace: true })}
              />
              Show archived
            </label>
            {(materials.length > 0 || text) && newMaterial}
          </div>
        </header>
        {error && <ProblemCallout problem={problemFromError(error)} title="The materials could not be loaded" />}
        {!data && fetching && <Loading label="Loading the materials" />}
        {data && materials.length === 0 && (
          <div className="card">
            {text ? (
              <EmptyState icon="search" title={`No material fits “${text}”`} />
            ) : (
              <EmptyState icon="palette" title="No materials yet" actions={newMaterial}>
                A material says what a surface looks like; rules say which parts get it.
              </EmptyState>
            )}
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
        <Pager
          label="Pages of the materials"
          after={after}
          page={data?.materials.pageInfo}
          words={['First', 'More']}
          onPage={turn}
        />
        <PartsCard subject={subject} onChoose={setSubject} answer={preview} onChanged={reload} />
        <RulesCard
          answer={rules}
          parts={(subject && preview.data?.materialPreview?.parts) || null}
          hasMaterials={materials.some(({ archivedAt }) => !archivedAt) || Boolean(text)}
          onChanged={reload}
        />
      </div>
      {open && opened.data && (
        <MaterialPanel key={open.id} material={open} form={opened.data.materialForm} onClose={() => show(null)} />
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
