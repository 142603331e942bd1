/** Words for lines of relay.txt. */

/** The first words of a line, and a sentence about the rest of it. */
const SENTENCES: Readonly<Record<string, (...rest: readonly string[]) => string>> = {
  listen: (protocol, at, service, policy) =>
    `The relay of vipc sync takes ${protocol?.toUpperCase()} to ${at} for ${service}, with ${policy === 'Local' ? 'endpoints of this node only' : 'all endpoints'}.`,
  frontend: (kind, at) => `It serves ${kind} ${at}.`,
  client: (network) => `It serves clients from ${network}, and no others but such.`,
  affinity: (seconds) => `A client gets the endpoint that it had in the last ${seconds} s.`,
  idle: (seconds) => `A flow in which nothing comes for ${seconds} s is over.`,
  endpoint: (at) => `It connects to ${at} in its turn, and to the next where that does not answer.`,
};

/** The sentence about a line. */
export function relayWords(line: string): string {
  const [first = '', ...rest] = line.trim().split(' ');
  return SENTENCES[first]?.(...rest) ?? '';
}
