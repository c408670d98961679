import '@mantine/core/styles.css';
import './styles/tokens.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import { ApiError, appRoot } from './api/client.ts';
import { LiveContext, LiveEvents } from './api/live-events.ts';
import { App } from './app.tsx';
import { cssVariables, schemeManager, theme } from './theme.ts';

// As an absolute address, so that navigation within the page cannot move what is relative to it.
document.querySelector('base')?.setAttribute('href', appRoot.href);

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
// The library that locks scrolling behind dialogs looks here for the nonce of its style element.
Object.assign(globalThis, { __webpack_nonce__: nonce });

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // Events say when something changed, so nothing is asked for again just because time went by.
      staleTime: 30_000,
      retry: (failures, error) =>
        failures < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
      retryDelay: (failures) => 400 * 2 ** failures,
    },
  },
});
const live = new LiveEvents(queries);
live.start();

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id root');
createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={schemeManager}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queries}>
        <LiveContext value={live}>
          <BrowserRouter basename={appRoot.pathname} useTransitions={false}>
            <App />
          </BrowserRouter>
        </LiveContext>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
