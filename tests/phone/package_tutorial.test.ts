// The tutorial of @solotrial/client by somebody who does what it says, with an empty folder, the packed
// package and an engine: what it needs is in the package, and every block runs.
import { spawn, execFileSync } from 'node:child_process';
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Engine } from './engine.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const page = join(repository, 'clients/web/client/README.md');
const NOW = '2026-03-01T18:00:00+01:00';
const MINUTES = 60_000;
// Gives a program of Node the day of the engine: the tutorial has the clock of whoever follows it.
const CLOCK = `const ahead = Date.parse('${NOW}') - Date.now();
const now = Date.now;
Date.now = () => now() + ahead;
`;

let home: string;
let engine: Engine;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'solotrial-home-'));
  engine = await Engine.start(NOW);
});

afterAll(async () => {
  await engine.end();
  await rm(home, { recursive: true });
});

interface Block {
  readonly language: string;
  readonly text: string;
}

async function blocks(): Promise<Block[]> {
  const text = await readFile(page, 'utf8');
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language, block]) => ({
    language: language ?? '',
    text: block ?? '',
  }));
}

/** Runs a block of shell; what it printed. */
async function run(script: string, folder: string): Promise<string> {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      npm_config_cache: npmCache,
      npm_config_prefer_offline: 'true',
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_update_notifier: 'false',
    },
  });
  let said = '';
  child.stdout.on('data', (text) => (said += text));
  child.stderr.on('data', (text) => (said += text));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`${script}\nended with ${code}:\n${said}`);
  return said;
}

const npmCache = execFileSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).trim();

/** What is in the repository, and nothing that was made from it. */
async function clone(): Promise<string> {
  const made = new Set(['node_modules', 'dist', 'gen']);
  const folder = join(home, 'clone');
  for (const part of ['proto', 'clients/web']) {
    const filter = (path: string) => !made.has(basename(path));
    await cp(join(repository, part), join(folder, part), { recursive: true, filter });
  }
  return folder;
}

test(
  'the tutorial runs from top to bottom',
  async () => {
    const all = await blocks();
    expect(new Set(all.map(({ language }) => language))).toEqual(new Set(['sh', 'ts']));
    const [pack, install, start, ...others] = all.filter(({ language }) => language === 'sh');
    expect(others).toEqual([]);
    await run(pack!.text, await clone());
    await run(install!.text, home);

    const app = join(home, 'my-app');
    const parts = await readdir(join(app, 'node_modules/@solotrial/client'));
    expect(parts.sort()).toEqual(['README.md', 'dist', 'package.json']);

    const { code } = await (await engine.owner()).access.createPairingCode({});
    const program = all
      .filter(({ language }) => language === 'ts')
      .map(({ text }) => text)
      .join('\n');
    const address = 'http://127.0.0.1:7312';
    const example = 'K7Q2-9XMV-4T8P';
    expect(program).toContain(address);
    expect(program).toContain(example);
    await writeFile(
      join(app, 'tutorial.ts'),
      program.replace(address, engine.url).replace(example, code),
    );
    const clock = join(home, 'clock.mjs');
    await writeFile(clock, CLOCK);
    const said = await run(`export NODE_OPTIONS=--import=${clock}\n${start!.text}`, app);
    expect(said).toContain('0 wait to be sent');
    expect(said).toContain('score SAVED_ON_PHONE');
    expect(said).toContain('VALUE_OUT_OF_RANGE score.value must be a whole number from 0 to 10');
    expect(said).toContain('ONLINE 0 0 in step');
    expect(said).toMatch(/^1 of \d+ days$/m);
    expect(said).toContain('TRIAL_NOT_FOUND false 1');
  },
  4 * MINUTES,
);

test('links lead somewhere', async () => {
  const text = await readFile(page, 'utf8');
  const links = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, target]) => target ?? '');
  expect(links.length).toBeGreaterThan(5);
  for (const target of links) await readFile(join(page, '..', target)).catch(isFolder);
});

function isFolder(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EISDIR') throw error;
}
