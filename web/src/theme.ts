import { type CSSVariablesResolver, createTheme, localStorageColorSchemeManager } from '@mantine/core';

/** The key is also read by public/scheme.js. */
export const schemeManager = localStorageColorSchemeManager({ key: 'skopos-colour-scheme' });

export const theme = createTheme({
  primaryColor: 'harbour',
  primaryShade: 7,
  autoContrast: true,
  luminanceThreshold: 0.35,
  colors: {
    // Mantine takes its dark surfaces from here.
    dark: [
      '#e2e8ed',
      '#b8c2cb',
      '#98a5b1',
      '#69767f',
      '#3a4650',
      '#2c363f',
      '#151b21',
      '#10161b',
      '#0e1317',
      '#0b1014',
    ],
    harbour: [
      '#e8f7f8',
      '#d3edee',
      '#a6dade',
      '#76c7cd',
      '#4fb8bf',
      '#31a3ab',
      '#178790',
      '#0b6b74',
      '#07575e',
      '#024349',
    ],
  },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  fontFamily: 'Inter, "Segoe UI", system-ui, -apple-system, "Liberation Sans", Roboto, Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  headings: { fontWeight: '620' },
});

/** Mantine's own colours follow ours, which stand in styles/tokens.css. */
export const cssVariables: CSSVariablesResolver = () => {
  const ours = {
    '--mantine-color-body': 'var(--page)',
    '--mantine-color-text': 'var(--ink)',
    '--mantine-color-dimmed': 'var(--ink-2)',
    '--mantine-color-default': 'var(--panel)',
    '--mantine-color-default-hover': 'var(--hover)',
    '--mantine-color-default-border': 'var(--edge-2)',
    '--mantine-color-default-color': 'var(--ink)',
    '--mantine-color-placeholder': 'var(--ink-2)',
    '--mantine-color-anchor': 'var(--accent)',
  };
  return { variables: {}, light: ours, dark: ours };
};
