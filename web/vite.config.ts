import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `npm run dev` finds the API: a running `skopos up`. */
const api = 'http://127.0.0.1:9600';

export default defineConfig(({ command }) => ({
  // Everything is named relative to <base>, so that the pages work behind any path prefix.
  base: command === 'build' ? './' : '/',
  plugins: [
    react(),
    {
      // The server rewrites <base> for nested addresses; the development server must do the same.
      name: 'skopos:base',
      apply: 'serve',
      transformIndexHtml: (html: string) => html.replace('<base href="./" />', '<base href="/" />'),
    },
  ],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // The content security policy knows files, not inlined data.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { port: 9601, proxy: { '/api/': { target: api, changeOrigin: false } } },
}));
