// The screens of every day: one file.
export { DayScreen } from './screens/day_screen';
export { DaysScreen } from './screens/days_screen';
export { ProgressScreen } from './screens/progress_screen';
