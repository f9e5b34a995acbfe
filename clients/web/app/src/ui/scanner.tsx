import { useEffect, useRef, useState } from 'preact/hooks';
import { text } from '../text/text';

interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}
declare const BarcodeDetector:
  | { new (options: { formats: string[] }): Detector; getSupportedFormats(): Promise<string[]> }
  | undefined;

/** Whether this browser reads QR codes by itself; others use the phone's own camera app. */
export async function canScan(): Promise<boolean> {
  if (typeof BarcodeDetector === 'undefined' || !('mediaDevices' in navigator)) return false;
  const formats = await BarcodeDetector.getSupportedFormats().catch((): string[] => []);
  return formats.includes('qr_code');
}

const pause = 200; // milliseconds between two looks: quick enough, and kind to the battery

export function Scanner(props: { onFound: (code: string) => void; onFail: () => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let stream: MediaStream | undefined;
    let over = false;
    const look = async () => {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
      const element = video.current;
      if (over || !element || typeof BarcodeDetector === 'undefined') return;
      element.srcObject = stream;
      await element.play();
      const detector = new BarcodeDetector({ formats: ['qr_code'] });
      while (!over) {
        const [found] = await detector.detect(element);
        if (found) {
          props.onFound(found.rawValue);
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    };
    look().catch(() => setFailed(true));
    return () => {
      over = true;
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, []);
  if (failed) return <p role="alert">{text().pair.noCamera}</p>;
  return (
    <div class="stack tight">
      <video ref={video} muted playsInline class="camera" />
      <p class="small muted">{text().pair.scanning}</p>
    </div>
  );
}
