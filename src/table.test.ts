import { describe, expect, it } from '@jest/globals';
import { aligned, alignedTables, type Column, LAYOUTS, NONE, tableOf } from './table.js';

interface Pet {
  readonly name: string;
  readonly owner?: string;
}

const COLUMNS: readonly Column<Pet>[] = [
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'OWNER', optional: true, cell: ({ owner = '' }) => owner },
];

describe('tableOf', () => {
  it.each<[string, readonly Pet[], readonly string[], readonly (readonly string[])[]]>([
    ['a column that is optional and empty', [{ name: 'a' }, { name: '' }], ['NAME'], [['a'], [NONE]]],
    [
      'one that is filled once',
      [{ name: 'a' }, { name: 'b', owner: 'c' }],
      ['NAME', 'OWNER'],
      [
        ['a', NONE],
        ['b', 'c'],
      ],
    ],
    ['no rows', [], ['NAME'], []],
  ])('%s', (_, pets, columns, rows) => expect(tableOf(COLUMNS, pets)).toEqual({ columns, rows }));
});

describe('aligned', () => {
  const ROWS = [
    ['a', 'b'],
    ['ccccc', 'd'],
  ];

  it.each([
    ['get', ['a       b', 'ccccc   d']],
    ['describe', ['a      b', 'ccccc  d']],
    ['resolved', ['a      b', 'ccccc  d']],
  ] as const)('as %s', (name, expected) => expect(aligned(ROWS, LAYOUTS[name])).toEqual(expected));

  it('has a least width, counts characters and adds nothing behind the last cell', () => {
    expect(aligned([['a', 'b']], LAYOUTS.get)).toEqual(['a     b']);
    expect(aligned([['🙂', 'b'], ['cc', ''], ['long and alone']], LAYOUTS.describe)).toEqual([
      '🙂   b',
      'cc  ',
      'long and alone',
    ]);
  });

  it('aligns rows of several tables by themselves, wherever they stand', () => {
    const rows = [
      { table: 'a', cells: ['x', '1'] },
      { table: 'b', cells: ['yyyy', '2'] },
      { table: 'a', cells: ['zz', '3'] },
    ];
    expect(alignedTables(rows, LAYOUTS.resolved)).toEqual(['x   1', 'yyyy  2', 'zz  3']);
  });
});
