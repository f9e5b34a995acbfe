// Which code comes when: what connects a phone once, what is used every day, everything else.
// The service worker keeps all of it from the start.
import { lazy } from './ui/lazy';

const connect = () => import('./screens/pair_screen');
const daily = () => import('./daily');
const more = async () => {
  const module = await import('./more');
  await module.loadRest();
  return module;
};

export const PairScreen = lazy(() => connect().then((m) => m.PairScreen));
export const PhraseScreen = lazy(() => connect().then((m) => m.PhraseScreen));

export const DayScreen = lazy(() => daily().then((m) => m.DayScreen));
export const DaysScreen = lazy(() => daily().then((m) => m.DaysScreen));
export const ProgressScreen = lazy(() => daily().then((m) => m.ProgressScreen));

export const Asking = lazy(() => more().then((m) => m.Asking));
export const ClinicianScreen = lazy(() => more().then((m) => m.ClinicianScreen));
export const HelperScreen = lazy(() => more().then((m) => m.HelperScreen));
export const RejectedScreen = lazy(() => more().then((m) => m.RejectedScreen));
export const ResultScreen = lazy(() => more().then((m) => m.ResultScreen));
export const SettingsRoute = lazy(() => more().then((m) => m.SettingsRoute));
export const SetupScreen = lazy(() => more().then((m) => m.SetupScreen));
