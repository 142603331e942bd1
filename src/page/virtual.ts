/**
 * virtual: which rows of a long list are in sight. On paper all are, up to a number that somebody might read.
 */
import {
  defaultRangeExtractor,
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type Range,
  Virtualizer,
} from '@tanstack/virtual-core';
import type { RefObject } from 'preact';
import { useEffect, useReducer, useRef, useState } from 'preact/hooks';

/** Pixels; the style sheet has it too. */
const ROW = 58;

const MOST_PRINTED = 2000;

interface InSight {
  /** Pixels of all rows. */
  readonly height: number;
  readonly inSight: readonly { readonly index: number; readonly start: number }[];
}

/** The rows in sight of the element that scrolls, and the one that is `kept`: a focus goes with what it is on. */
export function useRowsInSight(
  scroller: RefObject<HTMLElement | null>,
  rows: number,
  kept: number | undefined,
): InSight {
  const [, changed] = useReducer<number, void>((n) => n + 1, 0);
  const isPrinting = usePrinting();
  const made = useRef<Virtualizer<HTMLElement, Element>>(undefined);
  const options = {
    count: rows,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 8,
    rangeExtractor: (range: Range) => withKept(defaultRangeExtractor(range), kept),
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => changed(),
  };
  made.current ??= new Virtualizer<HTMLElement, Element>(options);
  const virtualizer = made.current;
  virtualizer.setOptions(options);
  useEffect(() => virtualizer._didMount(), []);
  useEffect(() => virtualizer._willUpdate());
  if (isPrinting) {
    const printed = Math.min(rows, MOST_PRINTED);
    return {
      height: printed * ROW,
      inSight: Array.from({ length: printed }, (_, index) => ({ index, start: index * ROW })),
    };
  }
  return { height: virtualizer.getTotalSize(), inSight: virtualizer.getVirtualItems() };
}

function withKept(inSight: number[], kept: number | undefined): number[] {
  return kept === undefined || inSight.includes(kept) ? inSight : [...inSight, kept].sort((a, b) => a - b);
}

function usePrinting(): boolean {
  const [isPrinting, setPrinting] = useState(false);
  useEffect(() => {
    const print = matchMedia('print');
    const changed = () => setPrinting(print.matches);
    print.addEventListener('change', changed);
    return () => print.removeEventListener('change', changed);
  }, []);
  return isPrinting;
}
