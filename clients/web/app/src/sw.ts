// Serves the app itself without a network. Never touches calls to the engine, share links or
// anything else that is not a file of the app.
declare const APP_FILES: string[];
declare const APP_ID: string;
export {};

const scope = self as unknown as ServiceWorkerGlobalScope;
const name = `app-${APP_ID}`;

scope.addEventListener('install', (event) => {
  event.waitUntil(
    caches.open(name).then((cache) =>
      // Past the browser's own cache: index.html must be the one that belongs to these files.
      cache.addAll(APP_FILES.map((file) => new Request(file, { cache: 'reload' }))),
    ),
  );
});

scope.addEventListener('message', (event) => {
  if (event.data === 'use now') void scope.skipWaiting();
});

scope.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((all) =>
        Promise.all(all.filter((one) => one !== name).map((one) => caches.delete(one))),
      )
      .then(() => scope.clients.claim()),
  );
});

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== scope.location.origin) return;
  const file = url.pathname === '/index.html' ? '/' : url.pathname;
  if (!APP_FILES.includes(file)) return;
  event.respondWith(
    caches
      .open(name)
      .then((cache) => cache.match(file))
      .then((cached) => cached ?? fetch(request)),
  );
});

scope.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(
    scope.clients.matchAll({ type: 'window' }).then(async (windows) => {
      const [window] = windows;
      if (window) await window.focus();
      else await scope.clients.openWindow('/#/today');
    }),
  );
});
