import { useState } from 'react';
import { useMutation } from 'urql';
import { Button, IconButton } from '../../components/Button.js';
import { ConfirmDialog } from '../../components/ConfirmDialog.js';
import { EmptyState } from '../../components/EmptyState.js';
import { ACTIONS } from '../../components/Table.js';
import type { MaterialPreviewQuery, MaterialRulesQuery } from '../../gql/graphql.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { type Answer, Listing } from '../../shared/Listing.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { DeleteRule, ReorderRules } from './operations.js';
import { type Rule, RuleDialog } from './RuleDialog.js';

type Part = NonNullable<MaterialPreviewQuery['materialPreview']>['parts'][number];

/** The mapping rules, strongest first, with what each does to the chosen product. */
export function RulesCard({
  answer,
  parts,
  hasMaterials,
  onChanged,
}: {
  answer: Answer<MaterialRulesQuery>;
  /** Of the chosen product or CAD file; null: none. */
  parts: Part[] | null;
  /** There is one that a rule could give. */
  hasMaterials: boolean;
  onChanged: () => void;
}) {
  const rules = answer.data?.materialRules ?? [];
  const categories = answer.data?.categories ?? [];
  const [edited, setEdited] = useState<Rule | 'new' | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [ordering, reorder] = useMutation(ReorderRules);
  const [removing, remove] = useMutation(DeleteRule);
  /** The rule that is asked about before it goes. */
  const [doomed, setDoomed] = useState<{ rule: Rule; number: number } | null>(null);
  const categoryLabel = (key: string) => categories.find(({ value }) => value === key)?.label ?? key;

  const move = async (rule: Rule, step: -1 | 1) => {
    const ids = rules.map(({ id }) => id);
    const at = ids.indexOf(rule.id);
    ids.splice(at, 1);
    ids.splice(at + step, 0, rule.id);
    const { data, error } = await reorder({ ids });
    setProblem(problemOf(data?.reorderMaterialRules, error));
    onChanged();
  };
  const removeRule = async ({ id }: Rule) => {
    const { data, error } = await remove({ id });
    setProblem(problemOf(data?.deleteMaterialRule, error));
    setDoomed(null);
    onChanged();
  };
  return (
    <section className="card" aria-labelledby="material-rules">
      <header className="card-header">
        <h2 id="material-rules">Mapping rules</h2>
        <span className="muted numeric">{answer.data?.materialRules.length}</span>
        <Button
          icon="plus"
          needs="author"
          onClick={() => setEdited('new')}
          disabled={!hasMaterials}
          title={hasMaterials ? undefined : 'Make a material first.'}
        >
          Rule
        </Button>
      </header>
      {problem && <ProblemCallout problem={problem} />}
      <Listing
        what="the mapping rules"
        answer={answer}
        isEmpty={rules.length === 0}
        empty={
          <EmptyState icon="filter" title="No rules yet">
            A rule gives parts a material by name, CAD colour or product category. Parts without one keep their CAD
            colour.{!hasMaterials && ' The first needs a material to give.'}
          </EmptyState>
        }
        columns={['Part', 'Material', parts !== null && 'Decides here', ACTIONS]}
        className="rules-scroll"
      >
        {rules.map((rule, index) => (
          <tr key={rule.id}>
            <td>
              {rule.partNamePattern && <code className="rule-pattern">{rule.partNamePattern}</code>}
              {rule.cadColor && (
                <span>
                  <span className="swatch" style={{ background: rule.cadColor }} />
                  {rule.cadColor}
                </span>
              )}{' '}
              {rule.categoryKey && <span className="muted">in {categoryLabel(rule.categoryKey)}</span>}
            </td>
            <td>{rule.material.label}</td>
            {parts && <Decided rule={rule} parts={parts} />}
            <td className="cell-actions">
              <div className="page-actions">
                <IconButton
                  icon="chevronDown"
                  needs="author"
                  className="turned"
                  label={`Move the rule ${index + 1} up`}
                  disabled={index === 0 || ordering.fetching}
                  onClick={() => move(rule, -1)}
                />
                <IconButton
                  icon="chevronDown"
                  needs="author"
                  label={`Move the rule ${index + 1} down`}
                  disabled={index === rules.length - 1 || ordering.fetching}
                  onClick={() => move(rule, 1)}
                />
                <Button look="quiet" needs="author" onClick={() => setEdited(rule)}>
                  Edit
                </Button>
                <IconButton
                  icon="close"
                  needs="author"
                  label={`Delete the rule ${index + 1}`}
                  onClick={() => setDoomed({ rule, number: index + 1 })}
                />
              </div>
            </td>
          </tr>
        ))}
      </Listing>
      {doomed && (
        <ConfirmDialog
          title={`Delete the rule ${doomed.number}?`}
          act="Delete the rule"
          isBusy={removing.fetching}
          onConfirm={() => removeRule(doomed.rule)}
          onClose={() => setDoomed(null)}
        >
          <p>Parts that it decided on follow the next rule that fits, or keep their CAD colour.</p>
        </ConfirmDialog>
      )}
      {edited && (
        <RuleDialog
          rule={edited === 'new' ? null : edited}
          categories={categories}
          onClose={() => setEdited(null)}
          onSaved={onChanged}
        />
      )}
    </section>
  );
}

function Decided({ rule, parts }: { rule: Rule; parts: Part[] }) {
  const decided = parts.filter(({ ruleId }) => ruleId === rule.id);
  const overruled = parts.filter(
    ({ ruleId, fittingRuleIds }) => ruleId !== rule.id && fittingRuleIds.includes(rule.id),
  );
  return (
    <td>
      {decided.map(({ partName }) => partName).join(', ')}
      {overruled.length > 0 && (
        <span className="muted">
          {decided.length > 0 && ' · '}
          fits {overruled.map(({ partName }) => partName).join(', ')}, but does not decide
        </span>
      )}
    </td>
  );
}
