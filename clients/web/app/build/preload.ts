// Lets the browser fetch the app's code while it still reads the small script that asks for it.
import type { Plugin } from 'vite';

/** Adds a hint for the chunk named `name` and all that it needs at once. */
export function preload(name: string): Plugin {
  return {
    name: 'solotrial-preload',
    apply: 'build',
    transformIndexHtml(_, { bundle }) {
      const chunk = Object.values(bundle ?? {}).find(
        (one) => one.type === 'chunk' && one.name === name,
      );
      if (chunk?.type !== 'chunk') throw new Error(`there is no chunk ${name}`);
      return [chunk.fileName, ...chunk.imports].map((file) => ({
        tag: 'link',
        attrs: { rel: 'modulepreload', crossorigin: true, href: `/${file}` },
        injectTo: 'head' as const,
      }));
    },
  };
}
