import { useState } from 'preact/hooks';
import { text } from '../text/text';
import { Button } from './parts';

/** Copies, or hands to another app where the phone can. */
export function CopyButton(props: { value: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <Button
      onClick={() => {
        navigator.clipboard.writeText(props.value).then(
          () => setCopied(true),
          () => setCopied(false), // no permission: the text stands there to be marked by hand
        );
      }}
    >
      {copied ? text().copied : text().copy}
    </Button>
  );
}

export function SendButton(props: { url: string; title: string; label: string }) {
  if (!('share' in navigator)) return null;
  return (
    <Button
      kind="primary"
      icon="share"
      onClick={() => {
        navigator.share({ url: props.url, title: props.title }).catch(() => undefined); // called off
      }}
    >
      {props.label}
    </Button>
  );
}

/** Saves bytes as a file of the phone. */
export function saveFile(content: Uint8Array, type: string, name: string): void {
  const url = URL.createObjectURL(new Blob([content as Uint8Array<ArrayBuffer>], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
