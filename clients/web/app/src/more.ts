// The screens that are not used every day: one file, fetched when the first of them is opened and
// kept by the service worker from the start.
export { loadRest } from './text/rest';
export { Asking } from './ui/asking';
export { ClinicianScreen } from './screens/clinician_screen';
export { HelperScreen } from './screens/helper_screen';
export { RejectedScreen } from './screens/rejected_screen';
export { ResultScreen } from './screens/result_screen';
export { SettingsRoute } from './settings/routes';
export { SetupScreen } from './setup/setup_screen';
