// Compresses every file of the app for the engine to serve, weighs what a person downloads, and fails
// the build when that is too much. `SOLOTRIAL_WEIGH=1 npm run build` also tells what each file is made of.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { minify } from 'terser';
import type { Plugin, Rollup } from 'vite';

/** At most so many bytes, gzip; see .github/decisions/0014. */
const budget = { first: 55_000, person: 86_000, all: 95_000 };

const compressed = /\.(js|css|html|svg|webmanifest)$/;
// Fetched by the phone's launcher and not by the page.
const launchers = /\.png$/;
// One person reads one language: the heaviest counts.
const language = /\/(en|de)(_rest)?-/;
const firstScreen = /^(index\.html|assets\/(app|start|pair_screen|index|en|de)-\w+\.(js|css))$/;

interface Weight {
  file: string;
  gzip: number;
  brotli: number;
}

export function weigh(folder: string): Plugin {
  return {
    name: 'solotrial-weigh',
    apply: 'build',
    enforce: 'post',
    async generateBundle(_, bundle) {
      if (process.env.SOLOTRIAL_WEIGH) console.log(await parts(bundle));
    },
    closeBundle() {
      const weights = compressAll(folder);
      const sum = (some: Weight[], by: 'gzip' | 'brotli') =>
        some.reduce((total, one) => total + one[by], 0);
      const fetched = weights.filter(({ file }) => !launchers.test(file));
      const others = lighterLanguages(fetched);
      const person = fetched.filter((one) => !others.includes(one));
      const first = person.filter(({ file }) => firstScreen.test(file));
      const rows = fetched.map((one) => [one.gzip, one.brotli, one.file] as const);
      const totals = { first, person, all: fetched };
      const words = { first: 'before the first screen', person: 'for one person', all: 'in all' };
      const told = (Object.keys(totals) as (keyof typeof totals)[]).map(
        (key) => [sum(totals[key], 'gzip'), sum(totals[key], 'brotli'), words[key]] as const,
      );
      for (const row of [['gzip', 'brotli', ''], ...rows, ...told]) {
        console.log(`${String(row[0]).padStart(8)} ${String(row[1]).padStart(8)}  ${row[2]}`);
      }
      for (const key of Object.keys(budget) as (keyof typeof budget)[]) {
        const weight = sum(totals[key], 'gzip');
        if (weight > budget[key]) {
          throw new Error(`${weight} bytes ${words[key]} are too much: at most ${budget[key]}`);
        }
      }
    },
  };
}

function compressAll(folder: string): Weight[] {
  const weights: Weight[] = [];
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || /\.(gz|br)$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = readFileSync(path);
    const weight = {
      file: path.slice(folder.length + 1),
      gzip: bytes.length,
      brotli: bytes.length,
    };
    if (compressed.test(entry.name)) {
      const gzip = gzipSync(bytes, { level: 9 });
      const brotli = brotliCompressSync(bytes);
      writeFileSync(`${path}.gz`, gzip);
      writeFileSync(`${path}.br`, brotli);
      Object.assign(weight, { gzip: gzip.length, brotli: brotli.length });
    }
    weights.push(weight);
  }
  return weights;
}

/** The files of every language but the heaviest. */
function lighterLanguages(weights: Weight[]): Weight[] {
  const byLanguage = new Map<string, Weight[]>();
  for (const one of weights) {
    const found = language.exec(one.file)?.[1];
    if (found) byLanguage.set(found, [...(byLanguage.get(found) ?? []), one]);
  }
  const total = (files: Weight[]) => files.reduce((sum, one) => sum + one.gzip, 0);
  return [...byLanguage.values()]
    .sort((a, b) => total(b) - total(a))
    .slice(1)
    .flat();
}

/** What each chunk is made of, heaviest first; gzip of each part alone, so that sums are a bit high. */
async function parts(bundle: Rollup.OutputBundle): Promise<string> {
  const lines: string[] = [];
  for (const chunk of Object.values(bundle)) {
    if (chunk.type !== 'chunk') continue;
    const byPart = new Map<string, string>();
    for (const [id, { code }] of Object.entries(chunk.modules)) {
      byPart.set(partOf(id), `${byPart.get(partOf(id)) ?? ''}${code ?? ''}\n`);
    }
    const rows: [number, string][] = [];
    for (const [part, code] of byPart) {
      const small = await minify(code, { mangle: { toplevel: true }, compress: { unused: false } });
      rows.push([gzipSync(small.code ?? '').length, part]);
    }
    rows.sort(([a], [b]) => b - a);
    lines.push(
      chunk.fileName,
      ...rows.map(([size, part]) => `${String(size).padStart(8)}  ${part}`),
    );
  }
  return lines.join('\n');
}

function partOf(id: string): string {
  const found =
    /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id) ??
    /\/(client\/dist\/gen|client\/dist)\//.exec(id) ??
    /\/app\/(src\/(?:text\/\w+|\w+))/.exec(id);
  return found?.[1] ?? id;
}
