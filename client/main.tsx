import './app/tokens.css';
import './app/base.css';
import './components/components.css';
import './app/shell.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router/dom';
import { Provider } from 'urql';
import { createApi } from './app/api.js';
import { createRouter } from './app/router.js';
import { startTheme } from './app/theme.js';

startTheme();
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <Provider value={createApi()}>
      <RouterProvider router={createRouter()} />
    </Provider>
  </StrictMode>,
);
