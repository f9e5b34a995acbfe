// A bad network between a phone and a real engine.
import { Code, ConnectError } from '@connectrpc/connect';
import type { Transport } from '@connectrpc/connect';
import { createGrpcWebTransport } from '@connectrpc/connect-web';

/** What becomes of one call. */
export type Fate = 'through' | 'lost' | 'answer lost' | 'twice';

/** gRPC-Web to `url`, where `fate` decides over every call by the method's name. */
export function badNetwork(url: string, fate: (method: string) => Fate | Promise<Fate>): Transport {
  const good = createGrpcWebTransport({ baseUrl: url });
  return {
    ...good,
    unary: async (method, ...rest) => {
      const what = await fate(method.name);
      if (what === 'lost') throw new ConnectError('Failed to fetch', Code.Unknown);
      const answer = await good.unary(method, ...rest);
      if (what === 'twice') return good.unary(method, ...rest);
      if (what === 'answer lost') throw new ConnectError('network changed', Code.Unknown);
      return answer;
    },
  };
}
