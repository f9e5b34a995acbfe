import { text } from '../text/rest';
import { CopyButton, SendButton } from '../ui/copy';
import { Card } from '../ui/parts';
import { QrCode } from '../ui/qr';

/** A link that makes somebody else the helper or the doctor of one trial. */
export function InviteCard(props: { code: string; hint: string }) {
  const url = `${location.origin}/#invite=${props.code}`;
  return (
    <Card>
      <p>{props.hint}</p>
      <QrCode text={url} label={url} />
      <SendButton url={url} title="solotrial" label={text().share.send} />
      <CopyButton value={url} />
    </Card>
  );
}
