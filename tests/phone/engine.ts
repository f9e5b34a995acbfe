// A real engine on a free port, with a clock that the test moves.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from '@connectrpc/connect';
import type { Client, Interceptor } from '@connectrpc/connect';
import { createGrpcWebTransport } from '@connectrpc/connect-web';
import {
  AccessService,
  CatalogService,
  DataService,
  DiaryService,
  ServerService,
  TrialService,
} from '@solotrial/client';

const BINARIES =
  process.env['SOLOTRIAL_BIN_DIR'] ??
  fileURLToPath(new URL('../../build/release/bin', import.meta.url));

/** The services as the owner at the engine's own machine calls them. */
export interface Owner {
  readonly access: Client<typeof AccessService>;
  readonly catalog: Client<typeof CatalogService>;
  readonly data: Client<typeof DataService>;
  readonly diary: Client<typeof DiaryService>;
  readonly trial: Client<typeof TrialService>;
}

export class Engine {
  private process: ChildProcess | undefined;

  private constructor(
    /** Where its database is. */
    readonly folder: string,
    private readonly ports: readonly [number, number],
    private readonly options: readonly string[],
  ) {}

  /** A new one, at that instant (RFC 3339), with further options. */
  static async start(instant: string, ...options: string[]): Promise<Engine> {
    const engine = new Engine(
      await mkdtemp(join(tmpdir(), 'solotrial-')),
      [await freePort(), await freePort()],
      options,
    );
    await engine.setClock(instant);
    await engine.startAgain();
    return engine;
  }

  /** Where browsers reach it. */
  get url(): string {
    return `http://127.0.0.1:${this.ports[1]}`;
  }

  setClock(instant: string): Promise<void> {
    return writeFile(join(this.folder, 'clock'), instant);
  }

  /** Starts it over the same data, at the same address. */
  async startAgain(): Promise<void> {
    this.process = spawn(
      join(BINARIES, 'solotrial-engine'),
      [
        ...['--data', join(this.folder, 'data')],
        ...['--listen', `127.0.0.1:${this.ports[0]}`],
        ...['--http-listen', `127.0.0.1:${this.ports[1]}`],
        ...['--clock', `manual:${join(this.folder, 'clock')}`, '--backup-hours', '0'],
        ...this.options,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let told = '';
    this.process.stderr?.on('data', (text) => (told += text));
    const server = createClient(ServerService, createGrpcWebTransport({ baseUrl: this.url }));
    await until(async () => {
      if (this.process?.exitCode !== null) throw new Error(`the engine has ended: ${told}`);
      return server.getServerInfo({}).then(
        () => true,
        () => false,
      );
    });
  }

  /** Ends it as a power cut does. */
  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.process?.once('exit', resolve));
    this.process?.kill('SIGKILL');
    await ended;
  }

  /** Runs the engine's program with one of its commands over the same data, for example `backup`. */
  async command(...words: string[]): Promise<void> {
    const child = spawn(join(BINARIES, 'solotrial-engine'), [
      ...['--data', join(this.folder, 'data')],
      ...words,
    ]);
    let told = '';
    child.stdout.on('data', (text) => (told += text));
    child.stderr.on('data', (text) => (told += text));
    const code = await new Promise((resolve) => child.once('exit', resolve));
    if (code !== 0) throw new Error(`${words.join(' ')}: ${told}`);
  }

  async owner(): Promise<Owner> {
    return this.as((await readFile(join(this.folder, 'data', 'owner.token'), 'utf8')).trim());
  }

  /** The services as whoever has that credential calls them. */
  as(token: string): Owner {
    const authorize: Interceptor = (next) => (request) => {
      request.header.set('authorization', `Bearer ${token}`);
      return next(request);
    };
    const transport = createGrpcWebTransport({
      baseUrl: this.url,
      interceptors: [authorize],
    });
    return {
      access: createClient(AccessService, transport),
      catalog: createClient(CatalogService, transport),
      data: createClient(DataService, transport),
      diary: createClient(DiaryService, transport),
      trial: createClient(TrialService, transport),
    };
  }

  async end(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true });
  }
}

/** Waits for a condition. */
export async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
