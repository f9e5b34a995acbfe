// What this browser is and can.

/** iPhones keep what is stored in Safari and in an app on the home screen apart. */
export const isIos = (): boolean =>
  /iPhone|iPad|iPod/.test(navigator.userAgent) ||
  (navigator.userAgent.includes('Macintosh') && navigator.maxTouchPoints > 1);

export const isStandalone = (): boolean =>
  matchMedia('(display-mode: standalone)').matches ||
  (navigator as { standalone?: boolean }).standalone === true;

interface InstallPrompt extends Event {
  prompt(): Promise<void>;
}
let install: InstallPrompt | undefined;

/** Android offers to install once, when it likes: kept until the person asks for it. */
export function keepInstallPrompt(): void {
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    install = event as InstallPrompt;
  });
}
export const installPrompt = (): InstallPrompt | undefined => install;
