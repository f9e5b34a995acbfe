// Builds sw.js beside the app: it knows every file of the build, so that all of them or none are
// kept for the time without a network.
import { createHash } from 'node:crypto';
import { build, type Plugin } from 'vite';

const notKept = /\.(map|gz|br)$/;

export function serviceWorker(source: string): Plugin {
  return {
    name: 'solotrial-service-worker',
    apply: 'build',
    async writeBundle(options, bundle) {
      const digest = createHash('sha256');
      const files = ['/', '/app.webmanifest', '/icon.svg', '/icon-192.png'];
      for (const [file, output] of Object.entries(bundle).sort(([a], [b]) => (a < b ? -1 : 1))) {
        if (notKept.test(file)) continue;
        digest.update(file).update(output.type === 'chunk' ? output.code : output.source);
        if (file !== 'index.html') files.push(`/${file}`);
      }
      await build({
        configFile: false,
        logLevel: 'warn',
        publicDir: false,
        define: {
          APP_FILES: JSON.stringify(files),
          APP_ID: JSON.stringify(digest.digest('hex').slice(0, 12)),
        },
        build: {
          emptyOutDir: false,
          outDir: options.dir ?? 'dist',
          target: 'es2022',
          lib: { entry: source, formats: ['es'], fileName: () => 'sw.js' },
        },
      });
    },
  };
}
