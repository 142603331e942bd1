/**
 * A self-signed certificate for the loopback interface, valid as server, client and CA. Node makes keys but no
 * certificates, so this spells out the minimum of X.509 (RFC 5280).
 */
import { generateKeyPairSync, sign } from 'node:crypto';

/** Both in PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** A new key and its certificate, with `name` as common name. */
export function selfSigned(name: string): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const issuer = sequence(tagged(0x31, sequence(COMMON_NAME, tagged(0x0c, Buffer.from(name)))));
  const signed = sequence(
    tagged(0xa0, integer(2)), // version 3
    integer(1),
    ECDSA_SHA256,
    issuer,
    sequence(time('20200101000000Z'), time('21200101000000Z')),
    issuer,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(IS_CA, LOOPBACK)),
  );
  const der = sequence(signed, ECDSA_SHA256, tagged(0x03, ZERO, sign('sha256', signed, privateKey)));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
  };
}

/** DER: a tag, a length, and the parts. */
function tagged(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return tagged(0x30, ...parts);
}

function integer(value: number): Buffer {
  return tagged(0x02, Buffer.from([value]));
}

function time(text: string): Buffer {
  return tagged(0x18, Buffer.from(text));
}

function identifier(hex: string): Buffer {
  return tagged(0x06, Buffer.from(hex, 'hex'));
}

const ZERO = Buffer.from([0]);
const ECDSA_SHA256 = sequence(identifier('2a8648ce3d040302'));
const COMMON_NAME = identifier('550403');
const TRUE = tagged(0x01, Buffer.from([0xff]));

/** basicConstraints, critical: a CA. */
const IS_CA = sequence(identifier('551d13'), TRUE, tagged(0x04, sequence(TRUE)));

/** subjectAltName: 127.0.0.1 and localhost. */
const LOOPBACK = sequence(
  identifier('551d11'),
  tagged(0x04, sequence(tagged(0x87, Buffer.from([127, 0, 0, 1])), tagged(0x82, Buffer.from('localhost')))),
);
