import './outputTypes.css';
import { useState } from 'react';
import { Link } from 'react-router';
import { CategoriesCard } from './CategoriesCard.js';
import { PricingTiersCard } from './PricingTiersCard.js';

/** What output types can cost, and the categories of products they can be for. */
export function Component() {
  const [includeArchived, setIncludeArchived] = useState(false);
  // A list that holds more rows begins at its first page again.
  const key = String(includeArchived);
  return (
    <main id="main" className="page" tabIndex={-1}>
      <title>Prices and categories · HartOMat</title>
      <header className="page-header">
        <h1>
          <Link to="/output-types" className="crumb">
            Output types
          </Link>{' '}
          / Prices and categories
        </h1>
        <div className="page-actions">
          <label>
            <input
              type="checkbox"
              checked={includeArchived}
              onChange={(event) => setIncludeArchived(event.target.checked)}
            />{' '}
            Archived ones too
          </label>
        </div>
      </header>
      <PricingTiersCard key={`prices ${key}`} includeArchived={includeArchived} />
      <CategoriesCard key={`categories ${key}`} includeArchived={includeArchived} />
    </main>
  );
}
