import './admin.css';
import { useSearchParams } from 'react-router';
import { useRefusal } from '../../components/access.js';
import { EmptyState } from '../../components/EmptyState.js';
import { type Tab, Tabs } from '../../components/Tabs.js';
import { AccountsTab } from './AccountsTab.js';
import { AuditTab } from './AuditTab.js';
import { TokensTab } from './TokensTab.js';
import { WebhooksTab } from './WebhooksTab.js';

const TABS: Tab[] = [
  { key: 'accounts', label: 'Accounts', panel: () => <AccountsTab /> },
  { key: 'tokens', label: 'API tokens', panel: () => <TokensTab /> },
  { key: 'webhooks', label: 'Webhooks', panel: () => <WebhooksTab /> },
  { key: 'audit', label: 'Audit trail', panel: () => <AuditTab /> },
];

/** Who may come in, with what, who is told what happens, and what they did. */
export function Component() {
  const [search, setSearch] = useSearchParams();
  const refusal = useRefusal('admin');
  return (
    <main id="main" className="page" tabIndex={-1}>
      <title>Admin · HartOMat</title>
      <header className="page-header">
        <h1>Admin</h1>
      </header>
      <div className="card">
        {refusal ? (
          <EmptyState icon="shield" title="This page is for admins">
            {refusal}
          </EmptyState>
        ) : (
          <Tabs
            label="Parts of the administration"
            tabs={TABS}
            selected={search.get('tab') ?? 'accounts'}
            onSelect={(tab) => setSearch({ tab }, { replace: true })}
          />
        )}
      </div>
    </main>
  );
}
