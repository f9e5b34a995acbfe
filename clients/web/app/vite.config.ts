import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import { compactGeneratedCode, withoutJson } from './build/generated_code';
import { serviceWorker } from './build/service_worker';
import { weigh } from './build/weigh';
import manifest from './package.json' with { type: 'json' };

const here = import.meta.dirname;
// Bytes, gzip: see .github/decisions/0014.
const most = { first: 86_000, all: 113_000 };

export default defineConfig({
  define: { APP_VERSION: JSON.stringify(manifest.version) },
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none' },
  build: {
    target: 'es2022',
    minify: 'terser',
    terserOptions: {
      module: true,
      ecma: 2020,
      compress: { passes: 3, pure_getters: true, unsafe_arrows: true },
      format: { comments: false },
    },
    outDir: process.env.SOLOTRIAL_APP_DIST ?? 'dist',
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rollupOptions: {
      output: {
        // The engine takes names whose last part after a dot or hyphen is a hash as good for a year.
        hashCharacters: 'hex',
        entryFileNames: 'assets/app-[hash].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
  plugins: [
    compactGeneratedCode(),
    withoutJson(),
    serviceWorker(resolve(here, 'src/sw.ts')),
    weigh(resolve(here, process.env.SOLOTRIAL_APP_DIST ?? 'dist'), most),
  ],
});
