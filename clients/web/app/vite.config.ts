import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import { shortDescriptors } from './build/descriptors';
import { withoutJson } from './build/without_json';
import { preload } from './build/preload';
import { serviceWorker } from './build/service_worker';
import { weigh } from './build/weigh';
import manifest from './package.json' with { type: 'json' };

const here = import.meta.dirname;

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
    modulePreload: false, // see build/preload.ts
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rollupOptions: {
      output: {
        // The engine takes names whose last part after a dot or hyphen is a hash as good for a year.
        hashCharacters: 'hex',
        entryFileNames: 'assets/app-[hash].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
        // What a language's two files share comes with the first of them.
        manualChunks: (id) => /\/text\/(en|de)(?:\.ts|\/counts)/.exec(id)?.[1],
      },
    },
  },
  plugins: [
    shortDescriptors(
      [resolve(here, 'src'), resolve(here, '../client/src')],
      resolve(here, 'src/descriptors.ts'),
    ),
    withoutJson(),
    preload('start'),
    serviceWorker(resolve(here, 'src/sw.ts')),
    weigh(resolve(here, process.env.SOLOTRIAL_APP_DIST ?? 'dist')),
  ],
});
