import type { ComponentType, VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { text } from '../text/text';
import { Banner, Button } from './parts';
import { Screen } from './screen';

/** A screen whose code comes when it is first needed: what is used every day is there at once. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let loaded: ComponentType<P> | undefined;
  return function Lazy(props: P): VNode {
    const [, shown] = useState(loaded !== undefined);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      if (loaded) return;
      load().then(
        (component) => {
          loaded = component;
          shown(true);
        },
        () => setFailed(true),
      );
    }, []);
    if (loaded) {
      const Component = loaded;
      return <Component {...props} />;
    }
    return (
      <Screen title="solotrial">
        {failed ? (
          <>
            <Banner kind="warn">{text().needsNetwork}</Banner>
            <Button onClick={() => location.reload()}>{text().tryAgain}</Button>
          </>
        ) : (
          <p class="muted">{text().loading}</p>
        )}
      </Screen>
    );
  };
}
