// Addresses after the `#`: `#/day/2026-03-01`. A code in the fragment (`#pair=CODE`) is taken out of
// the address bar at once.
import { useEffect, useState } from 'preact/hooks';

export interface Code {
  kind: 'pair' | 'invite';
  code: string;
}

let arrived: Code | undefined;

function takeCode(): void {
  const match = /^#(pair|invite)=([0-9A-Za-z- ]+)$/.exec(decodeURI(location.hash));
  if (!match?.[1] || !match[2]) return;
  arrived = { kind: match[1] as Code['kind'], code: match[2].toUpperCase() };
  history.replaceState(null, '', location.pathname);
}

/** The code that the page was opened with. */
export const arrivedCode = (): Code | undefined => arrived;
export function forgetCode(): void {
  arrived = undefined;
}

const parts = () => {
  takeCode();
  return location.hash
    .replace(/^#\/?/, '')
    .split('/')
    .map(decodeURIComponent)
    .filter((part) => part !== '');
};

/** The parts of the address: `['day', '2026-03-01']`; empty for the start. */
export function useRoute(): string[] {
  const [route, setRoute] = useState(parts);
  useEffect(() => {
    const follow = () => {
      setRoute(parts());
    };
    addEventListener('hashchange', follow);
    return () => {
      removeEventListener('hashchange', follow);
    };
  }, []);
  return route;
}

export function go(route: string, replace = false): void {
  if (replace) {
    history.replaceState(null, '', `#/${route}`);
    dispatchEvent(new HashChangeEvent('hashchange'));
  } else {
    location.hash = `#/${route}`;
  }
}
