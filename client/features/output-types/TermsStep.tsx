import { type ReactNode, useState } from 'react';
import { Button } from '../../components/Button.js';
import { formatPrice } from '../../components/format.js';
import { Labelled } from '../../components/Labelled.js';
import type { Visibility } from '../../gql/graphql.js';
import { CategoryDialog } from './CategoryDialog.js';
import { PricingTierDialog } from './PricingTierDialog.js';
import type { StepProps } from './profile.js';
import { VISIBILITY } from './words.js';

/** Any number of a list. */
function Several({
  label,
  help,
  choices,
  value,
  onChange,
  children,
}: {
  label: string;
  help: string;
  choices: readonly { id: string; label: string }[];
  value: readonly string[];
  onChange: (ids: string[]) => void;
  /** What can be done where none of the choices fits. */
  children?: ReactNode;
}) {
  return (
    <fieldset className="several">
      <legend>{label}</legend>
      <div className="several-list">
        {choices.map((choice) => (
          <label key={choice.id}>
            <input
              type="checkbox"
              checked={value.includes(choice.id)}
              onChange={(event) =>
                onChange(event.target.checked ? [...value, choice.id] : value.filter((id) => id !== choice.id))
              }
            />{' '}
            {choice.label}
          </label>
        ))}
      </div>
      <p className="field-help">{help}</p>
      {children}
    </fieldset>
  );
}

/** Under which name and on what terms it is sold. */
export function TermsStep({ profile, draft, onChange }: StepProps) {
  const [making, setMaking] = useState<'price' | 'category' | null>(null);
  const categoryIds = (profile.categoryIds ?? []).map(String);
  const issue = (path: string) => draft?.terms.find((one) => one.path === path)?.message;
  const materials = ((profile.constraints ?? {}) as { materials?: string[] }).materials ?? [];
  return (
    <>
      <Labelled label="Name" error={profile.name ? issue('/name') : null}>
        {(ids) => (
          <input
            {...ids}
            className="control"
            maxLength={200}
            value={profile.name ?? ''}
            onChange={(event) => onChange({ name: event.target.value })}
          />
        )}
      </Labelled>
      <Labelled label="Description" help="What the customer gets." error={issue('/description')}>
        {(ids) => (
          <textarea
            {...ids}
            className="control"
            rows={3}
            maxLength={2000}
            value={profile.description ?? ''}
            onChange={(event) => onChange({ description: event.target.value })}
          />
        )}
      </Labelled>
      <div className="terms-row">
        <Labelled label="Visibility" help={VISIBILITY[profile.visibility ?? 'public'].help}>
          {(ids) => (
            <select
              {...ids}
              className="control"
              value={profile.visibility ?? 'public'}
              onChange={(event) => onChange({ visibility: event.target.value as Visibility })}
            >
              {Object.entries(VISIBILITY).map(([value, { label }]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          )}
        </Labelled>
        <div className="with-maker">
          <Labelled label="Price of a piece" error={issue('/pricingTierId')}>
            {(ids) => (
              <select
                {...ids}
                className="control"
                value={profile.pricingTierId ?? ''}
                onChange={(event) => onChange({ pricingTierId: event.target.value || null })}
              >
                <option value="">On request</option>
                {draft?.pricingTiers.map(({ id, label, currency, unitPriceCents }) => (
                  <option key={id} value={id}>
                    {label} ({formatPrice(unitPriceCents, currency)})
                  </option>
                ))}
              </select>
            )}
          </Labelled>
          <Button look="quiet" icon="plus" needs="author" onClick={() => setMaking('price')}>
            New price
          </Button>
        </div>
        <Labelled label="Place in the list" help="Smaller comes first.">
          {(ids) => (
            <input
              {...ids}
              className="control numeric"
              type="number"
              step={1}
              value={profile.sortOrder ?? 0}
              onChange={(event) => onChange({ sortOrder: Math.trunc(event.target.valueAsNumber || 0) })}
            />
          )}
        </Labelled>
      </div>
      <Several
        label="Categories"
        help="Products it may be ordered for. None: all."
        choices={draft?.categories ?? []}
        value={categoryIds}
        onChange={(ids) => onChange({ categoryIds: ids })}
      >
        <Button look="quiet" icon="plus" needs="author" onClick={() => setMaking('category')}>
          New category
        </Button>
      </Several>
      <Several
        label="Materials"
        help="What order lines may ask for. None: any."
        choices={draft?.materials.map(({ name, label }) => ({ id: name, label })) ?? []}
        value={materials}
        onChange={(chosen) => onChange({ constraints: { materials: chosen } })}
      />
      {making === 'price' && (
        <PricingTierDialog
          tier={null}
          onClose={() => setMaking(null)}
          onSaved={(pricingTierId) => onChange({ pricingTierId })}
        />
      )}
      {making === 'category' && (
        <CategoryDialog
          category={null}
          onClose={() => setMaking(null)}
          onSaved={(id) => onChange({ categoryIds: [...categoryIds, id] })}
        />
      )}
    </>
  );
}
