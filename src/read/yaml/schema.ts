/**
 * read, part: what YAML's scalars and tags mean to kubectl, as the YAML library's schema. kubectl uses
 * sigs.k8s.io/yaml, which contains go-yaml v2, which reads mostly YAML 1.1.
 */
import {
  boolYaml11Tag,
  CORE_SCHEMA,
  defineMappingTag,
  defineScalarTag,
  floatCoreTag,
  intCoreTag,
  mapTag,
  mergeTag,
  NOT_RESOLVED,
  type Schema,
  seqTag,
} from 'js-yaml';

/** The schema for `text`. Most texts have no anchors, and the schema without merges is faster. */
export function schemaFor(text: string): Schema {
  return text.includes('&') || text.includes('<<') ? WITH_MERGES : PLAIN;
}

/**
 * Integers as Go's strconv.ParseInt(text, 0, 64) reads them, underscores removed: a leading zero means octal (010 is
 * 8), but 080 is not an integer and becomes the float 80. There is no base 60: 1:2:3:4:5:6:7:8 is an address.
 */
const goIntTag = defineScalarTag<number>('tag:yaml.org,2002:int', {
  implicit: true,
  implicitFirstChars: [...'-+0123456789'],
  resolve: (text) => {
    const plain = text.replaceAll('_', '');
    const match = /^([-+]?)(?:(0x[0-9a-f]+|0b[01]+|0o[0-7]+)|0([0-7]+)|(0|[1-9][0-9]*))$/i.exec(plain);
    if (!match) return NOT_RESOLVED;
    const [, sign, prefixed, octal, decimal] = match;
    const value = Number(prefixed ?? (octal === undefined ? decimal : `0o${octal}`));
    // Go's integers have no -0.
    return sign === '-' && value !== 0 ? -value : value;
  },
  identify: intCoreTag.identify,
});

/** Numbers may have underscores, before and after the point. */
const goFloatTag = {
  ...floatCoreTag,
  resolve: (text: string, isExplicit: boolean, tag: string) =>
    floatCoreTag.resolve(/\d_|_\d/.test(text) ? text.replaceAll('_', '') : text, isExplicit, tag),
};

/** Bytes that are not UTF-8 are replaced, as Go's encoding/json does it. */
const binaryTag = defineScalarTag<string>('tag:yaml.org,2002:binary', {
  resolve: (text) => {
    const plain = text.replace(/[\r\n]/g, '');
    const isBase64 = plain.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(plain);
    return isBase64 ? Buffer.from(plain, 'base64').toString('utf8') : NOT_RESOLVED;
  },
  identify: () => false,
});

/** go-yaml ignores unknown tags, and all tags of lists and mappings. */
const OTHER_TAGS = [
  defineScalarTag<string>('', { matchByTagPrefix: true, resolve: (text) => text, identify: () => false }),
  { ...seqTag, tagName: '', matchByTagPrefix: true },
  { ...mapTag, tagName: '', matchByTagPrefix: true },
];

const PLAIN = CORE_SCHEMA.withTags(boolYaml11Tag, goIntTag, goFloatTag, binaryTag, mergeTag, OTHER_TAGS);

/** A mapping under construction: its own keys, and the number of the merge that brought each merged key. */
interface Growing {
  readonly value: Record<string, unknown>;
  readonly own: Set<string>;
  readonly merged: Map<string, number>;
}

/** The number of merge keys read so far; constant while the mappings of one merge key are merged. */
let merges = 0;

/** Set between the `get` and the `addPair` of a merged key, which the library calls one after the other. */
let isMerged = false;

const goMergeTag = {
  ...mergeTag,
  resolve: (text: string, isExplicit: boolean, tag: string) => {
    const resolved = mergeTag.resolve(text, isExplicit, tag);
    if (resolved !== NOT_RESOLVED) merges++;
    return resolved;
  },
};

/**
 * Mappings as go-yaml v2 builds them, from top to bottom: a later key or merge wins, and the first of several mappings
 * in one merge. The library's own mapping type instead keeps a key that exists already.
 */
const goMapTag = defineMappingTag<Growing, Record<string, unknown>>('tag:yaml.org,2002:map', {
  create: () => ({ value: {}, own: new Set(), merged: new Map() }),
  finalize: ({ value }) => value,
  has: () => false,
  addPair: ({ value, own, merged }, key, item) => {
    const name = String(key);
    const fromMerge = isMerged;
    isMerged = false;
    if (fromMerge && merged.get(name) === merges) return '';
    if (!fromMerge && own.has(name)) return 'duplicated mapping key';
    if (fromMerge) merged.set(name, merges);
    else own.add(name);
    return mapTag.addPair(value, key, item);
  },
  keys: (source) => Object.keys(source),
  get: (source, key) => {
    isMerged = true;
    return mapTag.get(source, key);
  },
  identify: () => false,
});

const WITH_MERGES = PLAIN.withTags(goMergeTag, goMapTag, { ...goMapTag, tagName: '', matchByTagPrefix: true });
