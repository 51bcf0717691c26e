import { defineDiscovery } from '#libs/kernel';
import { kubernetesOptions } from './kubernetes-options.js';
import { KubernetesWatch } from './kubernetes-watch.js';
import { News } from './news.js';

/** The pods of a Service of Kubernetes, from its EndpointSlices. */
export const kubernetes = defineDiscovery({
  name: 'kubernetes',
  schema: kubernetesOptions,
  create: (options, { folder, clock, random }) => ({
    watch(finder) {
      const end = new AbortController();
      const news = new News(finder);
      void new KubernetesWatch({ options, folder, signal: end.signal }, { clock, random }, news).run();
      return () => {
        news.end();
        end.abort();
      };
    },
  }),
});
