// Keeps the state that the screens see, and tells them when it changes.
import { Role } from './gen/solotrial/v1/options_pb.js';
import type { Store } from './store.js';
import type { SolotrialError } from './errors.js';
import type { ClientState, Connection, Fit } from './state.js';

export class StateKeeper {
  state: ClientState = {
    revision: 0,
    pairing: 'UNPAIRED',
    role: Role.UNSPECIFIED,
    deviceTrial: '',
    connection: 'UNKNOWN',
    fit: 'UNKNOWN',
    syncing: false,
    lastSync: undefined,
    syncError: undefined,
    waiting: 0,
    rejected: 0,
    persisted: undefined,
    notices: [],
  };
  private readonly listeners = new Set<() => void>();

  constructor(private readonly store: Store) {}

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Something stored has changed. */
  touched(): void {
    this.change({ revision: this.state.revision + 1 });
  }

  connected(connection: Connection): void {
    if (connection !== this.state.connection) this.change({ connection });
  }

  fits(fit: Fit): void {
    if (fit !== this.state.fit) this.change({ fit });
  }

  syncing(syncing: boolean): void {
    this.change({ syncing });
  }

  /** A round has ended: whole, or cut off by this. */
  roundEnded(syncError: SolotrialError | undefined): void {
    if (syncError !== this.state.syncError) this.change({ syncError });
  }

  persisted(persisted: boolean): void {
    this.change({ persisted });
  }

  /** Reads what is stored. */
  async refresh(): Promise<void> {
    const { access, waiting, rejected, notices, lastSync } = await this.store.overview();
    this.change({
      pairing: access?.standing ?? 'UNPAIRED',
      role: access?.role ?? Role.UNSPECIFIED,
      deviceTrial: access?.trial ?? '',
      waiting,
      rejected,
      notices,
      lastSync,
    });
  }

  private change(part: Partial<ClientState>): void {
    this.state = { ...this.state, ...part };
    for (const listener of [...this.listeners]) listener();
  }
}
