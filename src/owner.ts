/**
 * Owner: the ServicePort that a rule, an element of a set, a virtual server or an address belongs to.
 */

/** A ServicePort's name. */
export interface Owner {
  readonly namespace: string;
  readonly service: string;
  /** `''` for the only port of a Service when it has no name. */
  readonly port: string;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
}

/** `default/web:http` */
export function ownerName({ namespace, service, port }: Owner): string {
  return port === '' ? `${namespace}/${service}` : `${namespace}/${service}:${port}`;
}

/** `default/web` */
export function ownerService({ namespace, service }: Owner): string {
  return `${namespace}/${service}`;
}
