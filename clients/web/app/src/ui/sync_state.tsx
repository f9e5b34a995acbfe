import { client, useClientState } from '../client';
import { text } from '../text/text';
import { Icon } from './icon';

/** Where what was entered is: on this phone, or with the engine. Tapping tries to send. */
export function SyncState() {
  const tx = text();
  const state = useClientState();
  const [icon, words, kind]: ['cloud' | 'phone' | 'warn', string, string] =
    state.rejected > 0
      ? ['warn', tx.notTaken, 'bad']
      : state.connection === 'LOCKED'
        ? ['warn', tx.locked, 'warn']
        : state.waiting > 0
          ? ['phone', tx.savedHere, '']
          : state.connection === 'ONLINE'
            ? ['cloud', tx.allStored, '']
            : ['phone', state.connection === 'OFFLINE' ? tx.offline : tx.savedHere, ''];
  const inside = (
    <>
      <Icon name={icon} /> <span>{words}</span>
    </>
  );
  if (state.rejected > 0) {
    return (
      <a class="button quiet compact sync bad" href="#/rejected">
        {inside}
      </a>
    );
  }
  return (
    <button
      type="button"
      class={`button quiet compact sync ${kind}`}
      onClick={() => void client().sync()}
    >
      {inside}
    </button>
  );
}

/** What the person has to know about the connection, on the first screen. */
export function SyncBanners() {
  const tx = text();
  const state = useClientState();
  return (
    <>
      {state.notices.map((notice) => (
        <div class="banner warn" role="alert" key={notice.id}>
          <Icon name="warn" />
          <div class="stack tight">
            <p>{notice.message.text}</p>
            <button
              type="button"
              class="button compact"
              onClick={() => void client().dismissNotice(notice.id)}
            >
              {tx.understood}
            </button>
          </div>
        </div>
      ))}
      {state.pairing === 'REFUSED' && (
        <div class="banner bad" role="alert">
          <Icon name="warn" />
          <div class="stack tight">
            <p>{tx.refused}</p>
            <a class="button compact" href="#/connect">
              {tx.connectAgain}
            </a>
          </div>
        </div>
      )}
      {state.rejected > 0 && (
        <a class="banner bad" href="#/rejected">
          <Icon name="warn" />
          <span class="stack tight">{tx.rejectedCount(state.rejected)}</span>
        </a>
      )}
      {state.fit === 'APP_TOO_OLD' && (
        <div class="banner bad" role="alert">
          <Icon name="warn" />
          <div class="stack tight">
            <p>{tx.appTooOld}</p>
            <button type="button" class="button compact" onClick={() => location.reload()}>
              {tx.loadAnew}
            </button>
          </div>
        </div>
      )}
      {state.fit === 'ENGINE_TOO_OLD' && (
        <div class="banner warn" role="status">
          <Icon name="warn" />
          <p>{tx.engineTooOld}</p>
        </div>
      )}
      {state.connection === 'LOCKED' && (
        <div class="banner warn" role="status">
          <Icon name="warn" />
          <p>{tx.lockedHint}</p>
        </div>
      )}
      {state.waiting > 0 && state.connection === 'OFFLINE' && (
        <div class="banner" role="status">
          <Icon name="phone" />
          <div>
            <p class="strong">{tx.waiting(state.waiting)}</p>
            <p class="muted">{tx.waitingHint}</p>
          </div>
        </div>
      )}
    </>
  );
}
