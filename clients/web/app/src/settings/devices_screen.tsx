// Everything that can open the diary, and connecting another phone.
import { timestampMs } from '@bufbuild/protobuf/wkt';
import { Role, type Device, type PairingCode } from '@solotrial/client';
import { useState } from 'preact/hooks';
import { client, useAction, useClientState, useLoaded } from '../client';
import { forgetPreferences } from '../preferences';
import { text } from '../text/rest';
import { clockTime, instant } from '../text/text';
import { CopyButton } from '../ui/copy';
import { Banner, Button, Card, Line, List } from '../ui/parts';
import { QrCode } from '../ui/qr';
import { Screen } from '../ui/screen';
import { Sheet } from '../ui/sheet';

function whose(device: Device): string {
  const tx = text().devices;
  if (device.current) return tx.this;
  if (device.local) return tx.computer;
  if (device.role === Role.HELPER) return tx.helper;
  return device.role === Role.CLINICIAN ? tx.clinician : '';
}

export function DevicesScreen() {
  const tx = text();
  const devices = useLoaded(() => client().api.access.listDevices({}), []);
  const [chosen, setChosen] = useState<Device>();
  const [leaving, setLeaving] = useState(false);
  const action = useAction();
  return (
    <Screen
      title={tx.devices.title}
      back="#/settings"
      foot={
        <>
          <Button kind="primary" href="#/settings/pair">
            {tx.devices.add}
          </Button>
          <Button kind="quiet" onClick={() => setLeaving(true)}>
            {tx.devices.signOut}
          </Button>
        </>
      }
    >
      <p class="muted">{tx.devices.hint}</p>
      {devices.fault && <Banner kind="warn">{devices.fault}</Banner>}
      <List>
        {devices.value?.devices.map((device) => (
          <Line
            key={device.name}
            icon="phone"
            title={device.displayName}
            sub={[
              whose(device),
              device.lastUseTime
                ? tx.devices.lastUsed(instant(timestampMs(device.lastUseTime)))
                : '',
            ]
              .filter(Boolean)
              .join(' · ')}
            {...(device.current || device.local ? {} : { onClick: () => setChosen(device) })}
          />
        ))}
      </List>
      {chosen && (
        <Sheet title={chosen.displayName} onClose={() => setChosen(undefined)}>
          <p>{tx.devices.revokeSure(chosen.displayName)}</p>
          {action.fault && <Banner kind="bad">{action.fault}</Banner>}
          <Button
            kind="danger"
            busy={action.busy}
            onClick={() =>
              action.run(async () => {
                await client().api.access.revokeDevice({ name: chosen.name });
                setChosen(undefined);
                devices.reload();
              })
            }
          >
            {tx.devices.revoke}
          </Button>
        </Sheet>
      )}
      {leaving && <SignOutSheet onClose={() => setLeaving(false)} />}
    </Screen>
  );
}

function SignOutSheet(props: { onClose: () => void }) {
  const tx = text().devices;
  const { waiting } = useClientState();
  const action = useAction();
  return (
    <Sheet title={tx.signOut} onClose={props.onClose}>
      <p>{tx.signOutSure}</p>
      {waiting > 0 && <Banner kind="bad">{tx.unsent(waiting)}</Banner>}
      {action.fault && <Banner kind="bad">{action.fault}</Banner>}
      <Button
        kind="danger"
        busy={action.busy}
        onClick={() =>
          action.run(async () => {
            await client().signOut();
            forgetPreferences();
          })
        }
      >
        {tx.signOut}
      </Button>
    </Sheet>
  );
}

/** A code for another phone of the same person. */
export function AddDeviceScreen() {
  const tx = text();
  const [code, setCode] = useState<PairingCode>();
  const action = useAction();
  // The engine knows by which address phones reach it; without, the one that this phone uses.
  const url = code ? code.webLink || `${location.origin}/#pair=${code.code}` : '';
  return (
    <Screen
      title={tx.devices.addTitle}
      back="#/settings/devices"
      foot={
        !code && (
          <Button
            kind="primary"
            busy={action.busy}
            onClick={() =>
              action.run(async () => {
                setCode(await client().api.access.createPairingCode({}));
              })
            }
          >
            {tx.devices.add}
          </Button>
        )
      }
    >
      <p class="muted">{tx.devices.addHint}</p>
      {action.fault && <Banner kind="bad">{action.fault}</Banner>}
      {code && (
        <Card>
          <QrCode text={url} label={url} />
          <p class="small muted">{tx.devices.address}</p>
          <p class="breaks">{location.origin}</p>
          <p class="small muted">{tx.pair.code}</p>
          <p class="code">{code.code}</p>
          {code.expireTime && <p>{tx.devices.until(clockTime(timestampMs(code.expireTime)))}</p>}
          <CopyButton value={url} />
        </Card>
      )}
    </Screen>
  );
}
