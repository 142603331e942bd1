/**
 * Commands that read a cluster, with a server that is none, or that does not list everything.
 */

import { writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { config, home, reading, server, startAgain } from '../testing/run/shop.js';
import { vipc } from '../testing/run/vipc.js';

describe('what is not told', () => {
  it('is a note where the kind is not served', async () => {
    const { code, stderr } = await reading('dns', '-v');
    expect(code).toBe(0);
    expect(stderr).toContain('note: cluster test has no ServiceImports: it does not serve them\n');
  });

  it('is a warning where it may not be listed', async () => {
    server.forbid('endpointslices');
    const { code, stdout, stderr } = await reading('get');
    expect({ code, rows: stdout.split('\n').length }).toEqual({ code: 0, rows: 3 });
    expect(stderr).toMatch(
      /^warning: cluster test does not list its EndpointSlices, so information from them is missing: 403: endpointslices is forbidden: User "test" cannot list[^\n]*\n1 warning/,
    );
  });

  it.each(['services', 'endpointslices', 'nodes'])('is an end where rules need it: %s', async (resource) => {
    server.forbid(resource);
    const { code, stdout, stderr } = await reading('compile', '--node', 'node-a');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^error: cluster test does not list its \\w+: 403: ${resource} is forbidden`));
  });

  it('is no end for explain where one namespace is told', async () => {
    server.forbid('*services', '*endpointslices', '*pods');
    const { stdout, stderr } = await reading('explain', 'svc/web');
    expect(stdout).toMatch(/^default\/web /);
    expect(stderr).toMatch(/^warning: only namespace default could be read/);
  });

  it('in one namespace does not matter in another', async () => {
    server.forbid('*services', '*endpointslices');
    expect(await reading('get', '-o', 'name')).toEqual({ code: 0, stdout: 'service/web\n', stderr: '' });
    expect((await reading('get', '-A')).stderr).toMatch(/does not list its Services: 403/);
  });
});

describe('a server that is none', () => {
  const list = (more: object = {}) =>
    JSON.stringify({ kind: 'ServiceList', apiVersion: 'v1', metadata: { resourceVersion: '1', ...more }, items: [] });
  it.each<[string, RequestListener, RegExp]>([
    ['speaks HTML', (_, answer) => answer.end('<!doctype html>\n<h1>hello</h1>'), /sent no JSON: <!doctype html> <h1>/],
    ['breaks off', (_, answer) => answer.end(list().slice(0, 40)), /sent no JSON: /],
    ['hangs up', (_, answer) => void answer.socket?.destroy(), /cannot be read: socket hang up/],
    ['commands terminals', (_, answer) => answer.end('\u001b[2J\u009b1A'), /no JSON: \ufffd\[2J\ufffd1A/],
    ['sends a list of something else', (_, answer) => answer.end(list().replace('Service', 'Pod')), /no ServiceList/],
    [
      'fails',
      (_, answer) => answer.writeHead(500).end('{"message":"etcd\\u001b is\\nlost"}'),
      /500: etcd\ufffd is lost/,
    ],
    [
      'is not one',
      (_, answer) => answer.writeHead(404).end('<h1>not here</h1>'),
      /does not list its Services: 404: <h1>/,
    ],
    [
      'repeats a token',
      (_, answer) => answer.end(list({ continue: 'x' })),
      /a list that does not end: the same page comes again/,
    ],
    ['is silent', () => {}, /no answer within 2 s/],
  ])('%s', async (_, listener, message) => {
    const bad = createServer(listener);
    await new Promise<void>((done) => bad.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(bad.address() as AddressInfo).port}`;
    const kubeconfig = join(home, 'bad');
    writeFileSync(kubeconfig, server.kubeconfig().replace(server.url, url));
    const { code, stdout, stderr } = await vipc([
      'get',
      '-o',
      'name',
      '--kubeconfig',
      kubeconfig,
      '--request-timeout',
      '2s',
    ]);
    bad.closeAllConnections();
    bad.close();
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^error: cluster test [^\n]*\n$/);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('is not there', async () => {
    await server.close();
    const { code, stderr } = await vipc(['get', '--kubeconfig', config]);
    await startAgain();
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/^error: cluster test at http:\S+ cannot be read: nothing listens there\n$/),
    });
  });
});
