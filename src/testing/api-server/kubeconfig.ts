/** Kubeconfig files for the test API server. */
import type { Certificate } from './certificate.js';

export interface Access {
  readonly token?: string | undefined;
  readonly certificate?: Certificate | undefined;
  readonly clientCertificate?: Certificate | undefined;
}

/** A kubeconfig, in YAML, for the server at `url` with the credentials that it requires. */
export function kubeconfigFor(url: string, { token, certificate, clientCertificate }: Access): string {
  const cluster = {
    server: url,
    // kubectl sends no token over plain HTTP.
    ...(certificate
      ? { 'certificate-authority-data': base64(certificate.cert) }
      : token !== undefined && { 'insecure-skip-tls-verify': true }),
  };
  const user = {
    ...(token !== undefined && { token }),
    ...(clientCertificate && {
      'client-certificate-data': base64(clientCertificate.cert),
      'client-key-data': base64(clientCertificate.key),
    }),
  };
  // JSON values are YAML.
  return [
    'apiVersion: v1',
    'kind: Config',
    'current-context: test',
    `clusters: [{name: test, cluster: ${JSON.stringify(cluster)}}]`,
    `users: [{name: test, user: ${JSON.stringify(user)}}]`,
    'contexts: [{name: test, context: {cluster: test, user: test}}]',
    '',
  ].join('\n');
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
