// Compresses every file of the app for the engine to serve, and fails the build when they weigh too
// much in all.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const compressed = /\.(js|css|html|svg|webmanifest)$/;

export function weigh(folder: string, mostBytes: number): Plugin {
  return {
    name: 'solotrial-weigh',
    apply: 'build',
    enforce: 'post',
    closeBundle() {
      let total = 0;
      const lines: string[] = [];
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || entry.name.endsWith('.gz')) continue;
        const path = join(entry.parentPath, entry.name);
        const bytes = readFileSync(path);
        let size = bytes.length;
        if (compressed.test(entry.name)) {
          const small = gzipSync(bytes, { level: 9 });
          writeFileSync(`${path}.gz`, small);
          size = small.length;
        }
        // Icons are fetched by the phone's launcher and not by the page.
        if (!entry.name.endsWith('.png')) total += size;
        lines.push(`${String(size).padStart(8)}  ${path.slice(folder.length + 1)}`);
      }
      console.log(`${lines.join('\n')}\n${String(total).padStart(8)}  bytes gzip in all`);
      if (total > mostBytes) {
        throw new Error(`the app weighs ${total} bytes gzip; at most ${mostBytes} are allowed`);
      }
    },
  };
}
