// Compresses every file of the app for the engine to serve, and fails the build when what the first
// screen needs, or all of it, weighs too much.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const compressed = /\.(js|css|html|svg|webmanifest)$/;

export function weigh(folder: string, most: { first: number; all: number }): Plugin {
  return {
    name: 'solotrial-weigh',
    apply: 'build',
    enforce: 'post',
    closeBundle() {
      let all = 0;
      let first = 0;
      const page = readFileSync(join(folder, 'index.html'), 'utf8');
      const lines: string[] = [];
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || /\.(gz|br)$/.test(entry.name)) continue;
        const path = join(entry.parentPath, entry.name);
        const bytes = readFileSync(path);
        let size = bytes.length;
        if (compressed.test(entry.name)) {
          const small = gzipSync(bytes, { level: 9 });
          writeFileSync(`${path}.gz`, small);
          writeFileSync(`${path}.br`, brotliCompressSync(bytes));
          size = small.length;
        }
        // Icons are fetched by the phone's launcher and not by the page.
        if (!entry.name.endsWith('.png')) all += size;
        if (
          entry.name === 'index.html' ||
          (!entry.name.endsWith('.png') && page.includes(entry.name))
        )
          first += size;
        lines.push(`${String(size).padStart(8)}  ${path.slice(folder.length + 1)}`);
      }
      console.log(
        `${lines.join('\n')}\ngzip: ${first} bytes before the first screen, ${all} in all`,
      );
      if (first > most.first || all > most.all) {
        throw new Error(`too heavy: at most ${most.first} and ${most.all} bytes are allowed`);
      }
    },
  };
}
