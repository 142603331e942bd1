/**
 * tri: the result of a condition on a packet: it holds, it fails, it holds for a share of connections, or it depends on
 * a fact that the input does not give.
 */
import { type Fraction, isZero, rest } from './fraction.js';

export type Tri =
  | { readonly kind: 'yes' }
  | { readonly kind: 'no' }
  /** For this share of connections, at random. */
  | { readonly kind: 'share'; readonly share: Fraction }
  /** On an unknown condition; `on` is its text. */
  | { readonly kind: 'depends'; readonly on: string };

export const YES: Tri = { kind: 'yes' };
export const NO: Tri = { kind: 'no' };

export function of(holds: boolean): Tri {
  return holds ? YES : NO;
}

export function depends(on: string): Tri {
  return { kind: 'depends', on };
}

export function shareOf(share: Fraction): Tri {
  if (isZero(share)) return NO;
  return share.n === share.d ? YES : { kind: 'share', share };
}

/** The opposite result. */
function negated(tri: Tri): Tri {
  switch (tri.kind) {
    case 'yes':
      return NO;
    case 'no':
      return YES;
    case 'share':
      return shareOf(rest(tri.share));
    case 'depends':
      return tri;
  }
}

/** `tri`, or its opposite when `not`. */
export function unless(not: boolean, tri: Tri): Tri {
  return not ? negated(tri) : tri;
}
