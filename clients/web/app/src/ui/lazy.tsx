import type { ComponentType, VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { text } from '../text/text';
import { Banner, Button } from './parts';
import { Screen } from './screen';

export interface LazyScreen<P> {
  (props: P): VNode;
  /** Fetches it beforehand, so that it is there at once. */
  fetch: () => Promise<void>;
}

/** A screen whose code comes when it is first needed. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): LazyScreen<P> {
  let loaded: ComponentType<P> | undefined;
  const fetch = async () => {
    loaded = await load();
  };
  const Lazy = (props: P): VNode => {
    const [, shown] = useState(loaded !== undefined);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      if (loaded) return;
      fetch().then(
        () => shown(true),
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
  return Object.assign(Lazy, { fetch });
}
