// The service worker, and a new version of the app: it waits until the person takes it, or until
// the app is opened anew. What was entered lies in the phone's database and survives both.
import { useEffect, useState } from 'preact/hooks';
import { text } from './text/text';

type Listener = (worker: ServiceWorker) => void;
let waiting: ServiceWorker | undefined;
let listener: Listener | undefined;

function offer(worker: ServiceWorker): void {
  waiting = worker;
  listener?.(worker);
}

export async function startServiceWorker(): Promise<void> {
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return;
  const registration = await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' });
  if (registration.waiting && navigator.serviceWorker.controller) offer(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const next = registration.installing;
    next?.addEventListener('statechange', () => {
      if (next.state === 'installed' && navigator.serviceWorker.controller) offer(next);
    });
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void registration.update().catch(() => undefined);
  });
}

export function UpdateBanner() {
  const [worker, setWorker] = useState(waiting);
  useEffect(() => {
    listener = setWorker;
    return () => {
      listener = undefined;
    };
  }, []);
  if (!worker) return null;
  const use = () => {
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload());
    worker.postMessage('use now');
  };
  return (
    <div class="banner update" role="status">
      <div class="stack tight">
        <p>{text().updateReady}</p>
        <button type="button" class="button compact" onClick={use}>
          {text().updateNow}
        </button>
      </div>
    </div>
  );
}
