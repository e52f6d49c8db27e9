// The page: one window, no server-side rendering. Relative addresses, because the window serves it from its own
// scheme and the HTTP host from a port that differs at every start.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type ProxyOptions } from 'vite';

/** Hands calls on to a real host, under the host's own name: it answers to no other. `make dev` starts it. */
const devHost = process.env['INGLENOOK_DEV_HOST'];
const proxy: Record<string, ProxyOptions> | undefined = devHost
  ? { '/api': { target: devHost, changeOrigin: true, headers: { origin: devHost } } }
  : undefined;

export default defineConfig({
  base: './',
  plugins: [svelte()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // WebKitGTK 2.40, the oldest that Debian 12 had, is the web view that lags behind most.
    target: ['safari16.4', 'chrome110'],
    // Inline modules would need a looser content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  worker: { format: 'es' },
  server: { host: '127.0.0.1', port: 5173, strictPort: true, ...(proxy && { proxy }) },
});
