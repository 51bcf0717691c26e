import { z } from 'zod';
import { filePath } from '#libs/kernel';

/** RFC 1123 2.1, as Kubernetes narrows it. */
const LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
/** RFC 6335 5.1: at least one letter, so that a name is never a number. */
const PORT_NAME = /^(?=.*[a-z])[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

const label = () => z.string().regex(LABEL, { error: 'expected a name of Kubernetes: small letters, digits and "-"' });
const portNumber = z.int().min(1).max(65_535);
const port = z.union([portNumber, z.string().regex(/^\d+$/).transform(Number).pipe(portNumber), z.string().regex(PORT_NAME)], {
  error: 'expected the name of a port, or a number from 1 to 65535',
});

/** Options of the `kubernetes` discovery. */
export const kubernetesOptions = z.strictObject({
  service: label().describe('Name of the Service.'),
  namespace: label().optional().describe('Namespace of the Service. In another one than its own the gateway needs a Role there. Default: the pod’s own, by the file `namespace` beside the token, else `default`.'),
  port: port.optional().describe('Name of the port, or its number on the pods (`targetPort`, not the number of the Service). Default: the only TCP port there is; where there are several, nothing is found until one is chosen.'),
  scheme: z.enum(['http', 'https']).default('http').describe('How the pods are spoken to. Danger: with https, their certificates must be for their IP addresses. Default: http.'),
  path: z.string().regex(/^(?:\/[^?#\s]*)?$/, { error: 'expected a path that starts with "/", without query' }).default('').describe('Base path in front of every request’s path. Default: none.'),
  unready: z.boolean().default(false).describe('Whether pods that are not ready are targets too. Danger: they get requests while they start. Default: false.'),
  server: z.string().regex(/^https?:\/\/[^/?#\s@]+$/, { error: 'expected an http:// or https:// address without path' }).default('https://kubernetes.default.svc').describe(
    'The API server. `https://${KUBERNETES_SERVICE_HOST}:${KUBERNETES_SERVICE_PORT}` where cluster DNS is not in reach. `http://` is for a proxy beside the gateway that signs in itself: no token is sent. Default: https://kubernetes.default.svc.',
  ),
  token: filePath().default(`${ACCOUNT}/token`).describe('File with the bearer token, read again for every connection, since Kubernetes renews it. Default: that of the pod’s service account.'),
  ca: filePath().default(`${ACCOUNT}/ca.crt`).describe('File with the certificates that vouch for the API server. Default: that of the pod’s service account.'),
}).describe(
  'The pods of a Service, from its EndpointSlices: listed once, then watched. A pod that ends gets no more requests at once, unless all do and still serve. Zones come from Kubernetes; its topology hints are ignored, `zone.own` prefers near targets. Needs the verbs list and watch on endpointslices: deploy/kubernetes/base/rbac.yaml.',
);

export type KubernetesOptions = z.output<typeof kubernetesOptions>;
