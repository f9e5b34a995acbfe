import type { HeldTrial } from '@solotrial/client';
import type { VNode } from 'preact';
import type { Trials } from '../trials';
import { ApprovalsScreen } from './approvals_screen';
import { DataScreen, DeleteScreen, RecoveryScreen } from './data_screen';
import { AddDeviceScreen, DevicesScreen } from './devices_screen';
import { LanguageScreen, LookScreen } from './look_screen';
import { RemindersScreen } from './reminders_screen';
import { SettingsScreen } from './settings_screen';
import { ShareScreen } from './share_screen';
import { TrialScreen, TrialsScreen } from './trial_screen';
import { ZoneScreen } from './zone_screen';

/** The screen at `#/settings/PLACE/DETAIL`. */
export function SettingsRoute(props: {
  place: string | undefined;
  detail: string | undefined;
  trials: Trials;
  held: HeldTrial | undefined;
  onLanguage: () => void;
}): VNode {
  const { place, detail, trials, held, onLanguage } = props;
  switch (place) {
    case 'devices':
      return <DevicesScreen />;
    case 'pair':
      return <AddDeviceScreen />;
    case 'approvals':
      return <ApprovalsScreen />;
    case 'look':
      return <LookScreen />;
    case 'language':
      return <LanguageScreen onChanged={onLanguage} />;
    case 'data':
      return <DataScreen trials={trials} held={held} />;
    case 'recovery':
      return <RecoveryScreen />;
    case 'delete':
      return <DeleteScreen />;
    case 'trials':
      return <TrialsScreen trials={trials} />;
    default:
  }
  if (held) {
    switch (place) {
      case 'reminders':
        return <RemindersScreen held={held} fresh={detail === 'new'} />;
      case 'share':
        return <ShareScreen held={held} />;
      case 'zone':
        return <ZoneScreen held={held} />;
      case 'trial':
        return <TrialScreen held={held} />;
      default:
    }
  }
  return <SettingsScreen trials={trials} held={held} />;
}
