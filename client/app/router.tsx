import { createBrowserRouter, Navigate } from 'react-router';
import { NotFoundPage } from './NotFoundPage.js';
import { RouteFailure } from './RouteFailure.js';
import { Shell } from './Shell.js';
import { SignInGate } from './SignInGate.js';

/** Every page is its own chunk; what they share is in the shell. */
export function createRouter() {
  return createBrowserRouter([
    {
      element: (
        <SignInGate>
          <Shell />
        </SignInGate>
      ),
      errorElement: <RouteFailure />,
      hydrateFallbackElement: <span />,
      children: [
        {
          errorElement: <RouteFailure />,
          children: [
            { index: true, element: <Navigate to="/runs" replace /> },
            { path: 'runs', lazy: () => import('../features/runs/RunsPage.js') },
            { path: 'runs/:runId', lazy: () => import('../features/runs/RunPage.js') },
            { path: 'workflows', lazy: () => import('../features/workflow-editor/WorkflowsPage.js') },
            { path: 'workflows/:workflowId', lazy: () => import('../features/workflow-editor/WorkflowPage.js') },
            { path: 'library', lazy: () => import('../features/library/LibraryPage.js') },
            { path: 'materials', lazy: () => import('../features/materials/MaterialsPage.js') },
            { path: 'templates', lazy: () => import('../features/templates/TemplatesPage.js') },
            { path: 'orders', lazy: () => import('../features/orders/OrdersPage.js') },
            { path: 'orders/:orderId', lazy: () => import('../features/orders/OrderPage.js') },
            { path: 'catalogue/out-of-date', lazy: () => import('../features/catalogue/StalePage.js') },
            { path: 'output-types', lazy: () => import('../features/output-types/OutputTypesPage.js') },
            { path: 'output-types/new', lazy: () => import('../features/output-types/WizardPage.js') },
            { path: 'output-types/:outputTypeId/edit', lazy: () => import('../features/output-types/WizardPage.js') },
            { path: 'output-types/prices', lazy: () => import('../features/output-types/PricesPage.js') },
            { path: 'output-types/import', lazy: () => import('../features/output-types/ImportPage.js') },
            { path: 'workers', lazy: () => import('../features/workers/WorkersPage.js') },
            { path: 'admin', lazy: () => import('../features/admin/AdminPage.js') },
            { path: 'output-types/:outputTypeId/parity', lazy: () => import('../features/parity/ParityPage.js') },
            { path: '*', element: <NotFoundPage /> },
          ],
        },
      ],
    },
  ]);
}
