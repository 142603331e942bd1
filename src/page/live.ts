/**
 * live: what the daemon that served this page did since: asked for every few seconds while the page is in sight.
 */
import { useEffect, useState } from 'preact/hooks';
import type { PageState } from '../serve/page.js';

/** As the daemon answers. */
export interface LiveState extends PageState {
  /** Of the cluster's data: larger when it has changed. */
  readonly version: number;
}

export type Live =
  | { readonly kind: 'state'; readonly state: LiveState }
  | { readonly kind: 'lost'; readonly why: string };

/** Milliseconds. */
const PERIOD = 2000;

/** The latest state; undefined before the first answer. */
export function useLive(isServed: boolean): Live | undefined {
  const [live, setLive] = useState<Live>();
  useEffect(() => {
    if (!isServed) return undefined;
    let timer = 0;
    let isOver = false;
    const ask = async () => {
      if (document.visibilityState === 'visible') {
        const found = await asked();
        if (!isOver) setLive(found);
      }
      if (!isOver) timer = window.setTimeout(ask, PERIOD);
    };
    void ask();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [isServed]);
  return live;
}

async function asked(): Promise<Live> {
  try {
    const answer = await fetch('page/state');
    if (!answer.ok) return { kind: 'lost', why: (await answer.text()).trim() };
    return { kind: 'state', state: (await answer.json()) as LiveState };
  } catch {
    return { kind: 'lost', why: 'the daemon does not answer' };
  }
}
