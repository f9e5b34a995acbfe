// Where an action that needs a confirmation finds the sheet that asks for it.
import { useEffect, useState } from 'preact/hooks';
import { setConfirmer } from '../client';
import { Asking } from '../lazy_screens';

export type Answer = (confirmed: boolean) => void;

/** Mounted once; every action that needs a confirmation comes here. */
export function ConfirmSheet() {
  const [answer, setAnswer] = useState<{ give: Answer }>();
  useEffect(() => {
    setConfirmer(async () => {
      await Asking.fetch();
      return new Promise<boolean>((give) => setAnswer({ give }));
    });
  }, []);
  if (!answer) return null;
  const finish = (confirmed: boolean) => {
    setAnswer(undefined);
    answer.give(confirmed);
  };
  return <Asking onFinish={finish} />;
}
