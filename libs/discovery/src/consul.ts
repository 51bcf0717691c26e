import { defineDiscovery, type Discovery, type Finder, type Surroundings } from '#libs/kernel';
import { ConsulClient, type ConsulAnswer, type ConsulQuestion } from './consul-client.js';
import { ConsulError } from './consul-error.js';
import { addressesIn } from './consul-instances.js';
import { consulOptions, type ConsulOptions } from './consul-options.js';
import { watchConsul } from './consul-watch.js';
import { News } from './news.js';

/** Follows a service in Consul's catalogue, and the health of its instances. */
export const consul = defineDiscovery({
  name: 'consul',
  schema: consulOptions,
  create: (options, { clock, name, random }): Discovery => ({
    watch(finder: Finder) {
      const news = new News(finder);
      const client = new ConsulClient({ address: options.address, token: options.token, tokenSetting: '`discover.token`' });
      const end = watchConsul({ client, question: questionOf(options, name), wait: options.wait, clock, random }, {
        answered: (answer) => news.found(addressesOf(answer, options)),
        failed: (why) => news.lost(why),
      });
      return () => {
        news.end();
        end();
      };
    },
  }),
});

function questionOf({ service, datacenter, passing, tags }: ConsulOptions, name: Surroundings['name']): ConsulQuestion {
  return {
    path: `/v1/health/service/${encodeURIComponent(service ?? name ?? '')}`,
    query: [
      ...(passing ? [['passing', '1']] as const : []),
      ...(datacenter === undefined ? [] : [['dc', datacenter]] as const),
      ...tags.map((tag) => ['tag', tag] as const),
    ],
  };
}

function addressesOf({ status, text, filtered }: ConsulAnswer, options: ConsulOptions) {
  if (status !== 200) throw new ConsulError(`Consul at ${options.address} answers ${status}: that is not the API of Consul`);
  const addresses = addressesIn(text, options);
  if (addresses.length === 0 && filtered) {
    throw new ConsulError(`Consul at ${options.address} hides instances: \`discover.token\` has to be one with service:read and node:read`);
  }
  return addresses;
}
